import { stripVTControlCharacters, styleText } from "node:util";

const WIDTH = 100;
const GAP = "  ";
const INDENT = "    ";

/** Numbers and durations stand to the right of their column. */
const QUANTITY = /^\d[\d. ms]*$/;

type Format = Parameters<typeof styleText>[0];

/** Colours text where the terminal has colours, as NO_COLOR and FORCE_COLOR want it. */
const paint =
  (format: Format) =>
  (text: string): string =>
    styleText(format, text);

export const bold = paint("bold");
export const dim = paint("dim");
export const good = paint("green");
export const bad = paint("red");
export const odd = paint("yellow");
export const name = paint("cyan");

/** The opening lines. */
export function opening(title: string, facts: readonly (readonly [string, string])[]): void {
  console.log(`\n  ${bold(title)}\n`);
  for (const [label, value] of facts) console.log(`  ${dim(label.padEnd(10))}${value}`);
}

/** Begins a scene. */
export function scene(number: number, title: string, ...sentences: readonly string[]): void {
  const rule = "─".repeat(WIDTH - title.length - INDENT.length - 1);
  console.log(`\n${name(String(number).padStart(2))}  ${bold(title)} ${dim(rule)}`);
  for (const sentence of sentences) say(dim(sentence));
  say();
}

/** A line of a scene. */
export function say(text = ""): void {
  console.log(text === "" ? "" : INDENT + text);
}

/** Says why the demo cannot go on, to the error output. */
export function warn(message: string): void {
  console.error(styleText("red", `\n${INDENT}${message}\n`, { stream: process.stderr }));
}

/** Says what takes a while. */
export function waiting(text: string): void {
  say(dim(`… ${text}`));
}

/** Prints rows in columns that are as wide as they need to be. The first row is the heading. */
export function table([heading = [], ...rows]: readonly (readonly string[])[]): void {
  const columns = heading.map((title, index) => {
    const cells = rows.map((row) => stripVTControlCharacters(row[index] ?? ""));
    return {
      width: Math.max(...[title, ...cells].map((cell) => cell.length)),
      toTheRight: cells.every((cell) => cell === "" || QUANTITY.test(cell)),
    };
  });
  for (const row of [heading.map((title) => (title === "" ? "" : dim(title))), ...rows]) {
    const cells = columns.map(({ width, toTheRight }, index) => column(row[index] ?? "", width, toTheRight));
    say(cells.join(GAP).trimEnd());
  }
}

/** Milliseconds as one reads them: `53 ms`, `9.12 s`, `5 m 12 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trimZeros((ms / 1_000).toPrecision(3))} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds % 60 === 0 ? `${seconds / 60} m` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

function trimZeros(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

/** Text filled up with spaces to a width, colours not counted. */
export function column(text: string, width: number, toTheRight = false): string {
  const padding = " ".repeat(Math.max(0, width - stripVTControlCharacters(text).length));
  return toTheRight ? padding + text : text + padding;
}
