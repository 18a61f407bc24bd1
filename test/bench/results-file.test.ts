import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeSection } from "../../bench/results-file.js";

test("makes the file where it is missing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-results-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "results.md");
  await writeSection(path, "latency", "## Latency\n\nFirst.");
  expect(readFileSync(path, "utf8")).toMatch(/^<!-- npm run bench: latency -->\n\n## Latency\n/);
});

test("writes its own sections anew, and leaves the others as they are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-results-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "results.md");
  writeFileSync(path, "# What was measured\n\n## By hand\n\nStays.\n");
  await writeSection(path, "throughput", "## Throughput\n\nFirst.");
  await writeSection(path, "latency", "## Latency\n\nFirst.");
  await writeSection(path, "throughput", "## Throughput\n\nSecond.");
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("<!--"));
  expect(lines).toEqual([
    ...["# What was measured", "## By hand", "Stays."],
    ...["## Throughput", "Second.", "## Latency", "First."],
  ]);
});
