/** How much a release changes, by Semantic Versioning. */
export type ReleaseKind = "major" | "minor" | "patch";

const KINDS: readonly string[] = ["major", "minor", "patch"] satisfies ReleaseKind[];
const UNRELEASED = "## [Unreleased]";

export function isReleaseKind(text: string): text is ReleaseKind {
  return KINDS.includes(text);
}

/**
 * The version after `version`. Before 1.0.0 the minor number says what the major one does later: what breaks users is
 * `minor` there, and all else `patch`.
 */
export function nextVersion(version: string, kind: ReleaseKind): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (kind === "major") return `${major + 1}.0.0`;
  return kind === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/**
 * The changelog with what was unreleased under the version and its day, and an empty section for what comes next.
 *
 * @throws `Error` where there is nothing to release.
 */
export function releaseNotes(changelog: string, version: string, day: string): string {
  const [before = "", rest] = changelog.split(`${UNRELEASED}\n`);
  if (rest === undefined) throw new Error(`CHANGELOG.md has no section "${UNRELEASED}".`);
  const [notes = ""] = rest.split(/^## \[/m);
  if (notes.trim() === "") throw new Error(`Nothing stands under "${UNRELEASED}" in CHANGELOG.md; say what changed.`);
  return `${before}${UNRELEASED}\n\n## [${version}] - ${day}\n${rest}`;
}
