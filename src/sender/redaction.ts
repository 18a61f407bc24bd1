/** What stands in the place of a value that is not shown. */
export const REDACTED = "***";

/** Shorter values stand in ordinary text by chance; replacing them would garble it and hide nothing. */
const MIN_LENGTH = 6;

/** Beginnings of a value at the end of a text that was cut, from this length on, are hidden too. */
const MIN_CUT_LENGTH = 4;

/**
 * A function that hides values wherever they stand in a text: as they are, as JSON or a URL writes them, each word of
 * them alone (the token of `Bearer token`), and cut off at the end of the text. For what endpoints answer: some echo
 * the request.
 */
export function redactValues(values: readonly string[]): (text: string) => string {
  const words = values.flatMap((value) => [value, ...value.split(/[\s,;=]+/)]);
  const forms = words.flatMap((word) => [word, JSON.stringify(word).slice(1, -1), encodeURIComponent(word)]);
  const hidden = [...new Set(forms)].filter(({ length }) => length >= MIN_LENGTH).sort((a, b) => b.length - a.length);
  return (text) =>
    hidden.reduce(
      hideCutOff,
      hidden.reduce((shown, value) => shown.replaceAll(value, REDACTED), text),
    );
}

function hideCutOff(text: string, value: string): string {
  for (let length = Math.min(value.length - 1, text.length); length >= MIN_CUT_LENGTH; length -= 1) {
    if (text.endsWith(value.slice(0, length))) return text.slice(0, -length) + REDACTED;
  }
  return text;
}
