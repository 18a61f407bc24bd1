import { WebhookError } from "../errors.js";

/** The entity tag of a revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revisions that `If-Match` names; undefined where any will do. Weak tags never match, as RFC 9110 has it.
 *
 * @throws {@link WebhookError} `request_invalid` for what is no list of entity tags.
 */
export function readIfMatch(header: string | null | undefined): readonly number[] | undefined {
  if (header === null || header === undefined || header.trim() === "*") return undefined;
  const tags = header.split(",").map((tag) => tag.trim());
  if (tags.some((tag) => !/^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw new WebhookError("request_invalid", 'If-Match is the ETag of an answer, such as "3", or *.', {
      field: "If-Match",
    });
  }
  return tags.flatMap((tag) => (/^"[1-9]\d{0,14}"$/.test(tag) ? [Number(tag.slice(1, -1))] : []));
}
