import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What one generator makes of the source. Paths are relative to the root and separated by `/`. */
export interface Generated {
  /** The folder that holds nothing else, so that what is stale there can be told; null when it also holds written files. */
  readonly ownedFolder: string | null;
  /** Content by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** A file that is not as its generator makes it. */
export interface Drift {
  readonly path: string;
  readonly problem: "missing" | "out of date" | "stale";
}

/** Compares the files below `root` with what the generators make. */
export function findDrift(root: string, generated: readonly Generated[]): readonly Drift[] {
  return generated.flatMap((output) => [
    ...[...output.files].flatMap(([path, content]) => driftOf(root, path, content)),
    ...stalePaths(root, output).map((path): Drift => ({ path, problem: "stale" })),
  ]);
}

/** Makes the files below `root` what the generators make: writes what differs, removes what is stale. Answers those. */
export function writeGenerated(root: string, generated: readonly Generated[]): readonly Drift[] {
  const drift = findDrift(root, generated);
  const contents = new Map(generated.flatMap(({ files }) => [...files]));
  for (const { path } of drift) {
    const content = contents.get(path);
    if (content === undefined) {
      rmSync(join(root, path), { recursive: true });
    } else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }
  return drift;
}

function driftOf(root: string, path: string, content: string): readonly Drift[] {
  if (!existsSync(join(root, path))) return [{ path, problem: "missing" }];
  return readFileSync(join(root, path), "utf8") === content ? [] : [{ path, problem: "out of date" }];
}

function stalePaths(root: string, { ownedFolder, files }: Generated): readonly string[] {
  if (ownedFolder === null || !existsSync(join(root, ownedFolder))) return [];
  return readdirSync(join(root, ownedFolder))
    .map((name) => `${ownedFolder}/${name}`)
    .filter((path) => !files.has(path));
}
