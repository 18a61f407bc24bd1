import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A page of docs/. */
export function page(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");
}

/** The rows of the table under a heading, a cell each for its column, as they are written but for code marks. */
export function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const rows = section(text, heading)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim()),
    );
  return rows.slice(2);
}

/** The first code block of a language under a heading. */
export function codeUnder(text: string, heading: string, language: string): string {
  const code = new RegExp("```" + language + "\\n([^]*?)```").exec(section(text, heading))?.[1];
  if (code === undefined) throw new Error(`There is no ${language} under "${heading}".`);
  return code;
}

function section(text: string, heading: string): string {
  const found = text.split(/^(?=#{1,6} )/m).find((part) => part.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`There is no heading "${heading}".`);
  return found;
}
