import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** How long a process may take to say something, on a machine that is busy with other tests. */
const PATIENCE_MS = 30_000;

/** A process that runs a printed file. */
export interface RunningFile {
  /** The lines that it has printed. */
  readonly printed: readonly string[];
  /** Waits for a line that holds a text. */
  says(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for its end, and answers its exit code. */
  ended(): Promise<number | null>;
}

/** Files that pages print, in a folder of the present test's own, where they run against the source. */
export interface PrintedFiles {
  run(name: string, env: Readonly<Record<string, string>>): RunningFile;
}

/** The blocks of a page that begin with the name of a module, such as `// sender.mjs`. */
export function modulesOf(text: string): Readonly<Record<string, string>> {
  const blocks = text.matchAll(/^```(?:js|ts)\n\/\/ ([\w-]+)\.mjs\n([^]*?)^```$/gm);
  return Object.fromEntries([...blocks].map(([, name = "", code = ""]) => [name, code]));
}

/** @param files Code by name, without an ending. */
export function printedFiles(files: Readonly<Record<string, string>>): PrintedFiles {
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(join(root, ".tmp", "printed-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, `${name}.mts`), code);
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ extends: "../../tsconfig.json", include: ["*.mts"] }));
  return {
    run: (name, env) => runFile(folder, `${name}.mts`, { ...process.env, TSX_TSCONFIG_PATH: tsconfig, ...env }),
  };
}

function runFile(cwd: string, file: string, env: NodeJS.ProcessEnv): RunningFile {
  const child = spawn(process.execPath, ["--import", "tsx", file], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const printed: string[] = [];
  const lines = createInterface(child.stdout).on("line", (line) => printed.push(line));
  const closed = once(lines, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return {
    printed,
    says: (text) =>
      vi.waitFor(() => {
        const line = printed.find((said) => said.includes(text));
        expect(line, `${file} printed ${JSON.stringify(printed)}, and not`).toContain(text);
        return line ?? "";
      }, PATIENCE_MS),
    kill: (signal) => void child.kill(signal),
    ended: async () => {
      const [[code]] = await Promise.all([exited, closed]);
      return code;
    },
  };
}
