/**
 * Runs the parts of the check one after the other, ends with the first that fails, and says then what ran, how long each
 * part took and how many tests there were.
 *
 *     npm run check             what each commit on main passes
 *     npm run check -- --all    and what takes longer: examples, runtimes, lowest versions, a benchmark, faults
 *     npm run check -- --tested without the tests, where `npm test` has just passed
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const testReport = join(root, ".tmp", "tests.json");
const benchmark = join(root, ".tmp", "benchmark.md");

/** A script of package.json, with what is handed to it. */
type Part = readonly [script: string, ...args: readonly string[]];

const PARTS: readonly Part[] = [
  ["check:format"],
  ["check:lint"],
  ["check:rings"],
  ["check:types"],
  ["check:generated"],
  ["check:docs"],
  ["docs"],
  ["test", "--reporter=default", "--reporter=json", `--outputFile.json=${testReport}`],
  ["check:bundles"],
  ["build"],
  ["check:package"],
  ["check:readme"],
];

/** How fast the benchmark finds us on a machine that does other things decides nothing; that it can measure us does. */
const LONGER_PARTS: readonly Part[] = [
  ["demo"],
  ["example"],
  ["check:runtimes"],
  ["check:peers"],
  ["bench", "--part", "latency", "--quick", "--contender", "sqlite", "--output", benchmark],
  ["soak", "--kills", "6"],
];

interface Ran {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

const { values } = parseArgs({
  options: { all: { type: "boolean", default: false }, tested: { type: "boolean", default: false } },
});
const all = values.all ? [...PARTS, ...LONGER_PARTS] : PARTS;
const parts = all.filter(([script]) => !(values.tested && script === "test"));

mkdirSync(dirname(testReport), { recursive: true });
rmSync(testReport, { force: true });
const ran: Ran[] = [];
for (const part of parts) {
  const result = run(part);
  ran.push(result);
  if (!result.passed) break;
}
summarize();

function run([script, ...args]: Part): Ran {
  console.log(`\n▶ npm run ${script}`);
  const startedAtMs = performance.now();
  const { status } = spawnSync("npm", ["run", "--silent", script, "--", ...args], { cwd: root, stdio: "inherit" });
  return { name: script, passed: status === 0, seconds: Math.round((performance.now() - startedAtMs) / 1_000) };
}

function summarize(): void {
  console.log("\nWhat ran:");
  for (const { name, passed, seconds } of ran) {
    const tests = name === "test" ? `  ${countTests()}` : "";
    console.log(`  ${passed ? "✓" : "✗"} ${name.padEnd(16)} ${String(seconds).padStart(5)} s${tests}`);
  }
  const skipped = parts.slice(ran.length).map(([script]) => script);
  if (skipped.length > 0) console.log(`  not run: ${skipped.join(", ")}`);
  const total = ran.reduce((sum, { seconds }) => sum + seconds, 0);
  const passed = ran.every((part) => part.passed);
  console.log(`${passed ? "✓ All passed" : "✗ It did not pass"}, in ${Math.floor(total / 60)} min ${total % 60} s.`);
  process.exitCode = passed ? 0 : 1;
}

/** Absent where the tests did not get to their end. */
function countTests(): string {
  if (!existsSync(testReport)) return "no report";
  const report = JSON.parse(readFileSync(testReport, "utf8")) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly numPendingTests: number;
    readonly testResults: readonly unknown[];
  };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = report;
  return `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped, in ${testResults.length} files`;
}
