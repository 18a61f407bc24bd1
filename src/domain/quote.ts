/** The most characters of somebody's input that an error message repeats. */
const QUOTED_LENGTH = 80;

/** A name that stands in a path as it is; any other could be taken for several steps, or for none. */
const PLAIN_NAME = /^[^.[\]]+$/;

// Control characters would forge lines in a log, and half a surrogate pair cannot be stored as UTF-8.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Somebody's input as it may stand in an error message: cut to 80 characters, without control characters, a string in
 * back quotes, anything else by its kind.
 *
 * @param mark What stands around a string. Defaults to a back quote.
 */
export function quote(input: unknown, mark = "`"): string {
  if (typeof input === "string") return `${mark}${cut(input)}${mark}`;
  if (input === null || typeof input === "boolean" || typeof input === "number") return String(input);
  if (Array.isArray(input)) return "a list";
  if (typeof input === "undefined") return "undefined";
  return typeof input === "object" ? "an object" : `a ${typeof input}`;
}

/** A step of the path to a field, by a name of somebody's: `.city`, or `["address.city"]`. */
export function fieldStep(name: string): string {
  const shown = quote(name, "");
  return PLAIN_NAME.test(shown) ? `.${shown}` : `[${JSON.stringify(shown)}]`;
}

/** What somebody's input is, without a word of what it says: it may be a secret. */
export function kindOf(input: unknown): string {
  return typeof input === "string" || typeof input === "number" ? `a ${typeof input}` : quote(input);
}

function cut(text: string): string {
  const shown = text.slice(0, QUOTED_LENGTH).replace(UNPRINTABLE, "\u{fffd}");
  return text.length > QUOTED_LENGTH ? `${shown}…` : shown;
}
