/**
 * Makes the commit and the tag of a release; nothing is pushed or published.
 *
 *     npm run release -- minor
 *
 * Publishing is done by the workflow of the forge when the tag is pushed, so that npm can say what the tarball was made by.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../src/protocol/version.js";
import { isReleaseKind, nextVersion, releaseNotes } from "./next-release.js";

const root = fileURLToPath(new URL("..", import.meta.url));

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

function rewrite(path: string, change: (text: string) => string): void {
  const file = join(root, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

function release(kind: string): void {
  if (!isReleaseKind(kind)) throw new Error("Say what the release is: npm run release -- major, minor or patch.");
  if (git("status", "--porcelain") !== "") throw new Error("There are changes that are not committed.");
  if (git("branch", "--show-current") !== "main") throw new Error("Releases are made on main.");
  const version = nextVersion(VERSION, kind);
  const day = new Date().toISOString().slice(0, 10);
  rewrite("CHANGELOG.md", (text) => releaseNotes(text, version, day));
  rewrite("src/protocol/version.ts", (text) => text.replace(`"${VERSION}"`, `"${version}"`));
  // The lock file names it too.
  execFileSync("npm", ["version", version, "--no-git-tag-version", "--ignore-scripts"], { cwd: root, stdio: "ignore" });
  git("commit", "--all", "--message", `Release ${version}`);
  git("tag", "--annotate", `v${version}`, "--message", version);
  console.log(`v${version} is committed and tagged. To publish it: git push origin main v${version}`);
}

try {
  release(process.argv[2] ?? "");
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
