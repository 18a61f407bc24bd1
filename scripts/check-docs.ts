/**
 * Checks docs/*.md against the source: every link and picture leads somewhere, the guide names every page, pictures are
 * the same in light and dark, every code block fenced as `ts` or `js` type-checks, and one fenced as `ts run` or `js run`
 * also runs, in a folder of its own, and ends with code 0.
 *
 * A block whose first line is the name of a module, such as `// sender.mjs`, can be imported by others of its page.
 *
 * What a block needs and does not show stands in a comment right above it, where readers do not see it:
 * `<!-- given: declare const app: Express; -->`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { headingAnchor } from "./heading-anchor.js";

const RUN_TIMEOUT_MS = 30_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "docs");

interface Page {
  /** From the root, such as `docs/sending.md`. */
  readonly path: string;
  readonly text: string;
}

interface Block {
  /** Of its file in the folder, without an ending: page and line, or the page's folder and the name it gives itself. */
  readonly name: string;
  readonly page: string;
  readonly given: string;
  readonly givenLine: number;
  readonly code: string;
  readonly codeLine: number;
  readonly runs: boolean;
}

const BLOCK = /(?:<!-- given:(?<given>(?:(?!-->)[^])*)-->\s*)?^```(?:ts|js)(?<run> run)?\n(?<code>[^]*?)^```$/gm;

function blocksOf({ path, text }: Page): readonly Block[] {
  return [...text.matchAll(BLOCK)].map((match) => {
    const { given = "", run, code = "" } = match.groups ?? {};
    const givenLine = lineAt(text, match.index);
    const codeLine = lineAt(text, match.index + match[0].lastIndexOf(code + "```"));
    const page = path.replace(/^.*\/|\.md$/g, "");
    const module = /^\/\/ ([\w-]+)\.mjs\n/.exec(code)?.[1];
    const name = module === undefined ? `${page}-${codeLine}` : `${page}/${module}`;
    return { name, page: path, given, givenLine, code, codeLine, runs: run !== undefined };
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function fileOf({ given, code }: Block): string {
  return `${given}\n${code}`;
}

/** Where a line of a block's file stands in its page. */
function place(blocks: readonly Block[], name: string, line: number): string {
  const block = blocks.find((candidate) => candidate.name === name);
  if (block === undefined) return `${name}:${line}`;
  const givenLines = block.given.split("\n").length;
  return `${block.page}:${line <= givenLines ? block.givenLine + line - 1 : block.codeLine + line - givenLines - 1}`;
}

/** Writes what a compiler or a stack trace says with the places of the pages. */
function withPlaces(output: string, blocks: readonly Block[]): string {
  const file = /[^\s(]*?\.tmp\/docs\/([\w-]+(?:\/[\w-]+)?)\.mts(?:\((\d+),\d+\)|:(\d+)(?::\d+)?)/g;
  return output.replaceAll(file, (_, name: string, compiled?: string, traced?: string) =>
    place(blocks, name, Number(compiled ?? traced)),
  );
}

function typeCheck(blocks: readonly Block[]): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const block of blocks) {
    const file = join(folder, `${block.name}.mts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, fileOf(block));
  }
  // A block shows what it shows: a name it does not use, or `process.env.KEY`, is no fault.
  const compilerOptions = { noUnusedLocals: false, noPropertyAccessFromIndexSignature: false };
  const config = { extends: "../../tsconfig.json", include: ["**/*.mts"], compilerOptions };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { status, stdout, stderr } = spawnSync("npx", ["tsc", "--project", folder, "--pretty", "false"], {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? [] : [withPlaces(stdout + stderr, blocks).trim()];
}

/** Answers what is wrong; nothing where the block ended as it should. */
function run(block: Block, blocks: readonly Block[]): readonly string[] {
  const cwd = join(folder, block.name);
  mkdirSync(cwd);
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(folder, `${block.name}.mts`)],
    {
      cwd,
      encoding: "utf8",
      timeout: RUN_TIMEOUT_MS,
      env: { ...process.env, TSX_TSCONFIG_PATH: join(folder, "tsconfig.json") },
    },
  );
  if (status === 0) return [];
  const end = signal === null ? `ended with ${status}` : `was stopped by ${signal}`;
  return [`${block.page}:${block.codeLine}: the block ${end}\n${withPlaces(stdout + stderr, blocks).trim()}`];
}

/** Links to files and headings that are not there, and pictures. Links to other sites are not followed. */
function brokenLinks({ path, text }: Page): readonly string[] {
  const links = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)|(?:src|srcset)="(?!https?:)([^"]+)"/g;
  return [...text.matchAll(links)].flatMap((match) => {
    const [, linked = "", anchor, picture = linked] = match;
    const target = picture === "" ? join(root, path) : join(root, dirname(path), picture);
    const where = `${path}:${lineAt(text, match.index)}`;
    if (!existsSync(target)) return [`${where}: there is no ${relative(root, target)}`];
    if (anchor === undefined || anchorsOf(readFileSync(target, "utf8")).includes(anchor)) return [];
    return [`${where}: ${relative(root, target)} has no heading #${anchor}`];
  });
}

function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => headingAnchor(heading));
}

/** Pages that nobody who reads the guide comes to. */
function unnamedPages(guide: Page, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => name !== "README.md" && !guide.text.includes(`](${name}`))
    .map((name) => `docs/README.md does not name ${name}`);
}

/** Pictures that do not come in light and dark, or differ in more than their colours. */
function unequalPictures(): readonly string[] {
  const pictures = join(root, "docs", "images");
  const shapeOf = (name: string): string =>
    existsSync(join(pictures, name)) ? readFileSync(join(pictures, name), "utf8").replaceAll(/#[\da-f]{6}/g, "#") : "";
  return readdirSync(pictures)
    .filter(
      (name) => shapeOf(name) !== shapeOf(name.replace(/light|dark/, (kind) => (kind === "light" ? "dark" : "light"))),
    )
    .map((name) => `docs/images/${name} is not the same in light and dark but for its colours`);
}

function report(problems: readonly string[], success: string): void {
  if (problems.length === 0) {
    console.log(`✓ ${success}`);
    return;
  }
  for (const problem of problems) console.error(`✗ ${problem}`);
  process.exitCode = 1;
}

const paths = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const pages = ["README.md", ...paths.map((name) => `docs/${name}`)].map((path): Page => {
  return { path, text: readFileSync(join(root, path), "utf8") };
});
const blocks = pages.filter(({ path }) => path.startsWith("docs/")).flatMap(blocksOf);
const runnable = blocks.filter(({ runs }) => runs);
if (runnable.length === 0)
  throw new Error("No code block of docs/ was found to run; the pages or this script changed.");

const guide = pages.find(({ path }) => path === "docs/README.md");
if (guide === undefined) throw new Error("There is no docs/README.md.");

report(
  [...pages.flatMap(brokenLinks), ...unnamedPages(guide, paths), ...unequalPictures()],
  `the links and pictures of ${pages.length} pages lead somewhere`,
);
report(typeCheck(blocks), `${blocks.length} code blocks of docs/ type-check`);
report(
  runnable.flatMap((block) => run(block, blocks)),
  `${runnable.length} code blocks of docs/ run as printed`,
);
