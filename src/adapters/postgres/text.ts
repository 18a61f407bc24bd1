/** Stands between the values of a column that is sent as one text; see `columns.ts`. */
export const SEPARATOR = "\u0002";

/** Stands for null in such a column. */
export const NULL = "\u0003";

/** Begins the stored form of a text that cannot be stored, or sent, as it is. */
const ESCAPED = "\u0001json:";

/**
 * The form in which a text is stored. PostgreSQL's `text` has no NUL and UTF-8 no lone surrogate, and the separator, the
 * sign for null and the empty text have a meaning in columns that are sent as one text. Drivers that decode with a
 * `TextDecoder` drop a byte order mark at the beginning. Such a text is stored as JSON, which escapes it or stands before
 * it; every other as it is.
 */
export function toStored(text: string): string {
  const isPlain =
    text !== "" &&
    text !== NULL &&
    !text.startsWith(ESCAPED) &&
    !text.startsWith("\ufeff") &&
    !text.includes("\u0000") &&
    !text.includes(SEPARATOR) &&
    text.isWellFormed();
  return isPlain ? text : ESCAPED + JSON.stringify(text);
}

/** The text that {@link toStored} was given. */
export function fromStored(stored: string): string {
  return stored.startsWith(ESCAPED) ? String(JSON.parse(stored.slice(ESCAPED.length))) : stored;
}

/** {@link toStored} for a column that may be null. */
export function toStoredOrNull(text: string | null): string | null {
  return text === null ? null : toStored(text);
}

/** {@link fromStored} for a column that may be null. */
export function fromStoredOrNull(stored: string | null): string | null {
  return stored === null ? null : fromStored(stored);
}
