import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A path for a database of the present test's own, in a folder that goes when the test has ended. */
export function databaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-sqlite-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "webhooks.db");
}
