/** Longer input is nobody's typing error, so no more than this many characters of it are compared. */
const COMPARED_LENGTH = 80;

/** How an error message ends its sentence about a name that is not known: with the one that was meant, if one is near. */
export function suggestion(written: unknown, words: readonly string[]): string {
  if (typeof written !== "string") return ".";
  const edits = Math.max(2, Math.min(written.length, COMPARED_LENGTH) / 2);
  const meant = nearest(written, words, edits);
  return meant === undefined ? "." : `; did you mean \`${meant}\`?`;
}

/** The word that takes the fewest edits to become what was meant, whatever its case; `undefined` where all take more. */
export function nearest(written: string, words: Iterable<string>, maxEdits = Infinity): string | undefined {
  const meant = written.slice(0, COMPARED_LENGTH).trim().toLowerCase();
  let best: string | undefined;
  let fewest = Infinity;
  for (const word of words) {
    const edits = distance(meant, word.toLowerCase());
    if (edits < fewest && edits <= maxEdits) [best, fewest] = [word, edits];
  }
  return best;
}

/** The Levenshtein distance, kept in one row of its matrix. */
function distance(from: string, to: string): number {
  const row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    let diagonal = line - 1;
    row[0] = line;
    for (let column = 1; column <= to.length; column += 1) {
      const above = row[column] ?? 0;
      const replaced = diagonal + (from[line - 1] === to[column - 1] ? 0 : 1);
      row[column] = Math.min(above + 1, (row[column - 1] ?? 0) + 1, replaced);
      diagonal = above;
    }
  }
  return row[to.length] ?? 0;
}
