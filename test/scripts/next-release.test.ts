import { describe, expect, test } from "vitest";
import { isReleaseKind, nextVersion, releaseNotes } from "../../scripts/next-release.js";

describe("nextVersion", () => {
  test.each([
    ["0.1.0", "patch", "0.1.1"],
    ["0.1.9", "minor", "0.2.0"],
    ["0.2.1", "major", "1.0.0"],
    ["1.9.3", "minor", "1.10.0"],
  ] as const)("after %s a %s release is %s", (version, kind, next) => {
    expect(nextVersion(version, kind)).toBe(next);
  });

  test("has three kinds", () => {
    expect(["major", "minor", "patch", "", "2.0.0"].map(isReleaseKind)).toEqual([true, true, true, false, false]);
  });
});

describe("releaseNotes", () => {
  const head = "# Changelog\n\n## [Unreleased]\n";
  const earlier = "## [0.1.0] - 2025-08-08\n\n### Added\n\n- The beginning.\n";

  test("puts what was unreleased under the version, above what was released before", () => {
    expect(releaseNotes(`${head}\n### Fixed\n\n- A leak.\n\n${earlier}`, "0.2.0", "2026-11-25")).toBe(
      `${head}\n## [0.2.0] - 2026-11-25\n\n### Fixed\n\n- A leak.\n\n${earlier}`,
    );
  });

  test("refuses to release nothing", () => {
    expect(() => releaseNotes(`${head}\n${earlier}`, "0.2.0", "2026-11-25")).toThrow(/Nothing stands under/);
    expect(() => releaseNotes(earlier, "0.2.0", "2026-11-25")).toThrow(/no section/);
  });
});
