/** Begins the stored form of a text that UTF-8 cannot hold. */
const ESCAPED = "\u0001json:";

/**
 * The form in which a text is stored. SQLite holds UTF-8, in which a lone surrogate has no place: drivers silently put
 * U+FFFD there, after which two different ids are one. Such a text is stored as JSON, which escapes it; every other
 * text, NUL included, as it is.
 */
export function toStored(text: string): string {
  return text.isWellFormed() && !text.startsWith(ESCAPED) ? text : ESCAPED + JSON.stringify(text);
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
