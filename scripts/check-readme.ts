/**
 * Runs the code of README.md as it is printed, against the built package: the receiver is started, the sender run, and
 * the event must arrive. Also type-checks it.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PORT = 4000;
const EXPECTED = "order.created ORD-2025-001";
const DEADLINE_MS = 15_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "readme");

/** The code block whose first line names the file. */
function block(readme: string, file: string): string {
  const found = new RegExp("```(?:js|ts)\\n(// " + file.replace(".", "\\.") + "\\n[\\s\\S]*?)```").exec(readme)?.[1];
  if (found === undefined) throw new Error(`README.md has no code block that begins with "// ${file}".`);
  const lines = found.trim().split("\n").slice(1);
  if (lines.filter((line) => line.trim() !== "").length > 12)
    throw new Error(`${file} in README.md is not short any more.`);
  return found;
}

async function listening(port: number): Promise<void> {
  const endsAt = Date.now() + DEADLINE_MS;
  while (Date.now() < endsAt) {
    const socket = connect(port, "127.0.0.1");
    const opened = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => {
        resolve(true);
      });
      socket.once("error", () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (opened) return;
    await wait(50);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}

function start(file: string): ChildProcess & { output: string } {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const process_ = Object.assign(child, { output: "" });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      process_.output += chunk.toString();
    });
  }
  return process_;
}

const readme = readFileSync(join(root, "README.md"), "utf8");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of ["receiver", "sender"]) {
  const code = block(readme, `${name}.mjs`);
  writeFileSync(join(folder, `${name}.mjs`), code);
  writeFileSync(join(folder, `${name}.mts`), code);
}
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({ extends: "../../tsconfig.json", include: ["*.mts"], compilerOptions: { paths: {} } }),
);
execFileSync("npx", ["tsc", "--project", folder], { cwd: root, stdio: "inherit" });
console.log("✓ the code of README.md type-checks");

const receiver = start("receiver.mjs");
try {
  await listening(PORT);
  const sender = start("sender.mjs");
  const [code] = (await once(sender, "exit")) as [number | null];
  if (code !== 0) throw new Error(`sender.mjs ended with ${code}:\n${sender.output}`);
  if (!receiver.output.includes(EXPECTED)) {
    throw new Error(
      `receiver.mjs did not print "${EXPECTED}" but:\n${receiver.output}\nThe sender printed:\n${sender.output}`,
    );
  }
  console.log("✓ the code of README.md runs as printed");
} finally {
  receiver.kill();
}
