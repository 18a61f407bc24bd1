import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";

/**
 * Puts a section in its place in a Markdown file: where the section of this name stands, or at the end. What stands
 * outside the sections written by this function is left as it is. The file is made where it is missing.
 */
export async function writeSection(path: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- npm run bench: ${name} -->`, `<!-- end of ${name} -->`];
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const section = `${begin}\n\n${text}\n\n${end}`;
  const [beginsAt, endsAt] = [before.indexOf(begin), before.indexOf(end)];
  const after =
    beginsAt === -1 || endsAt < beginsAt
      ? `${before.trimEnd()}\n\n${section}\n`
      : before.slice(0, beginsAt) + section + before.slice(endsAt + end.length);
  const options = await resolveConfig(path);
  writeFileSync(path, await format(after, { ...options, parser: "markdown" }));
}
