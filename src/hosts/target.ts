/** What of a request's URL follows a prefix, with the query: empty or beginning with `/` or `?`. Null where it is not under it. */
export function targetUnder(url: string, prefix: string): string | null {
  const path = pathOf(url);
  if (!path.startsWith(prefix)) return null;
  const target = path.slice(prefix.length);
  return target === "" || target.startsWith("/") || target.startsWith("?") ? target : null;
}

/** What of a request's URL follows as many steps as a prefix has, whatever they are: a prefix may have parameters. */
export function targetBehind(url: string, prefix: string): { readonly target: string; readonly prefix: string } {
  const steps = prefix.replace(/\/$/, "").split("/").length - 1;
  const path = pathOf(url);
  const match = new RegExp(`^(?:/[^/?]*){${steps}}`).exec(path)?.[0] ?? "";
  return { target: path.slice(match.length), prefix: match };
}

/** Path and query of a request's URL: a client that takes us for a proxy sends the origin too. */
export function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/?]*/i, "");
}

/** A prefix as it is compared: with a slash before it and none behind. */
export function normalPrefix(prefix = "/api/v1/webhooks"): string {
  const steps = prefix.replace(/^\/+|\/+$/g, "");
  return steps === "" ? "" : `/${steps}`;
}
