import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateSchemas } from "../../scripts/generate-schemas.js";
import { findDrift, writeGenerated } from "../../scripts/generated-files.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "generated-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const page = { ownedFolder: null, files: new Map([["docs/events.md", "# Events\n"]]) };
const outputs = [generateSchemas(), page];

describe("generated files", () => {
  test("are as the repository has them", () => {
    const repository = fileURLToPath(new URL("../../", import.meta.url));
    expect(findDrift(repository, [generateSchemas()])).toEqual([]);
  });

  test("are written once, and then found as they should be", () => {
    expect(writeGenerated(root, outputs)).toHaveLength(12);
    expect(findDrift(root, outputs)).toEqual([]);
    expect(writeGenerated(root, outputs)).toEqual([]);
    expect(readFileSync(join(root, "schemas/order.created.json"), "utf8")).toMatch(/\n}\n$/);
  });

  test("that are missing, out of date or stale are told, and mended", () => {
    writeGenerated(root, outputs);
    rmSync(join(root, "schemas/order.created.json"));
    writeFileSync(join(root, "docs/events.md"), "# Events, by hand\n");
    writeFileSync(join(root, "schemas/order.lost.json"), "{}");
    expect(findDrift(root, outputs)).toEqual([
      { path: "schemas/order.created.json", problem: "missing" },
      { path: "schemas/order.lost.json", problem: "stale" },
      { path: "docs/events.md", problem: "out of date" },
    ]);
    expect(writeGenerated(root, outputs)).toHaveLength(3);
    expect(findDrift(root, outputs)).toEqual([]);
    expect(readdirSync(join(root, "schemas"))).toHaveLength(11);
  });

  test("leave alone what is written by hand in a folder that is not theirs", () => {
    mkdirSync(join(root, "docs"));
    writeFileSync(join(root, "docs/guide.md"), "# Guide\n");
    writeGenerated(root, outputs);
    expect(readFileSync(join(root, "docs/guide.md"), "utf8")).toBe("# Guide\n");
  });
});
