/** Begins the stored form of a text that cannot be stored as it is. */
const ESCAPED = "\u0001";

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f]/;

/**
 * The form in which a body is stored. Clients send UTF-8, in which a lone surrogate has no place: they silently put
 * U+FFFD there. Such a text is stored as JSON, which escapes it; every other text, NUL included, as it is.
 */
export function toStored(text: string): string {
  return text.isWellFormed() && !text.startsWith(ESCAPED) ? text : ESCAPED + JSON.stringify(text);
}

/**
 * The form in which a text is stored as one field among others, or as part of a key: without control characters, which
 * scripts and records use to tell fields apart, except for the one that begins an escaped text.
 */
export function toField(text: string): string {
  return text.isWellFormed() && !CONTROL.test(text) ? text : ESCAPED + JSON.stringify(text);
}

/** The text that {@link toStored} or {@link toField} was given. */
export function fromStored(stored: string): string {
  return stored.startsWith(ESCAPED) ? String(JSON.parse(stored.slice(ESCAPED.length))) : stored;
}

/** {@link toField} for a field that may be null: then it is empty. */
export function toFieldOrNull(text: string | null): string {
  return text === null ? "" : `=${toField(text)}`;
}

/** {@link fromStored} for a field that may be null. */
export function fromFieldOrNull(field: string): string | null {
  return field === "" ? null : fromStored(field.slice(1));
}
