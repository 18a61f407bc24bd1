/**
 * Checks docs/*.md against the source: every link leads somewhere, every code block fenced as `ts` or `js` type-checks,
 * and one fenced as `ts run` or `js run` also runs, in a folder of its own, and ends with code 0.
 *
 * What a block needs and does not show stands in a comment right above it, where readers do not see it:
 * `<!-- given: declare const app: Express; -->`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const RUN_TIMEOUT_MS = 30_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "docs");

interface Page {
  /** From the root, such as `docs/sending.md`. */
  readonly path: string;
  readonly text: string;
}

interface Block {
  /** Of its file in the folder, without an ending: page and line. */
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
    const name = `${path.replace(/^.*\/|\.md$/g, "")}-${codeLine}`;
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
  const file = /[^\s(]*?([\w-]+-\d+)\.mts(?:\((\d+),\d+\)|:(\d+)(?::\d+)?)/g;
  return output.replaceAll(file, (_, name: string, compiled?: string, traced?: string) =>
    place(blocks, name, Number(compiled ?? traced)),
  );
}

function typeCheck(blocks: readonly Block[]): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const block of blocks) writeFileSync(join(folder, `${block.name}.mts`), fileOf(block));
  // A block shows what it shows: a name it does not use, or `process.env.KEY`, is no fault.
  const compilerOptions = { noUnusedLocals: false, noPropertyAccessFromIndexSignature: false };
  const config = { extends: "../../tsconfig.json", include: ["*.mts"], compilerOptions };
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

/** Links to files and headings that are not there. Links to other sites are not followed. */
function brokenLinks({ path, text }: Page): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap((match) => {
    const [, file = "", anchor] = match;
    const target = file === "" ? join(root, path) : join(root, dirname(path), file);
    const where = `${path}:${lineAt(text, match.index)}`;
    if (!existsSync(target)) return [`${where}: there is no ${relative(root, target)}`];
    if (anchor === undefined || anchorsOf(readFileSync(target, "utf8")).includes(anchor)) return [];
    return [`${where}: ${relative(root, target)} has no heading #${anchor}`];
  });
}

/** Headings as the places that browsers jump to. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
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

report(pages.flatMap(brokenLinks), `the links of ${pages.length} pages lead somewhere`);
report(typeCheck(blocks), `${blocks.length} code blocks of docs/ type-check`);
report(
  runnable.flatMap((block) => run(block, blocks)),
  `${runnable.length} code blocks of docs/ run as printed`,
);
