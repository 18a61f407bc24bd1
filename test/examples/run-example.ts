import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a run of an example ended. */
export interface ExampleRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** Runs a file of `examples/` as its npm script does, without a terminal. A variable that is undefined is not set. */
export function runExample(file: string, env: NodeJS.ProcessEnv = {}): Promise<ExampleRun> {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...own } = process.env;
  const startedAtMs = performance.now();
  const example = spawn(process.execPath, ["--import", "tsx", `examples/${file}`], {
    cwd: ROOT,
    env: { ...own, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const read = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    example[name].setEncoding("utf8").on("data", (text: string) => (read[name] += text));
  }
  return new Promise((resolve, reject) => {
    example.once("error", reject);
    example.once("close", (code) => {
      resolve({ code, ...read, tookMs: performance.now() - startedAtMs });
    });
  });
}
