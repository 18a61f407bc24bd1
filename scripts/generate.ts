/**
 * Writes every file that is made from the source. With `--check` it writes nothing, and fails where a file is not as it
 * would be written.
 */
import { fileURLToPath } from "node:url";
import { generateApiSurface } from "./generate-api-surface.js";
import { generateErrors } from "./generate-errors.js";
import { generateEventTypes } from "./generate-event-types.js";
import { generateManagementApi } from "./generate-management-api.js";
import { generateSchemas } from "./generate-schemas.js";
import { findDrift, writeGenerated } from "./generated-files.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = [
  generateSchemas(),
  await generateEventTypes(),
  await generateErrors(),
  await generateManagementApi(),
  await generateApiSurface(),
];

if (process.argv.includes("--check")) {
  const drift = findDrift(root, generated);
  for (const { path, problem } of drift) console.error(`${path} is ${problem}; run: npm run generate`);
  process.exitCode = drift.length === 0 ? 0 : 1;
} else {
  for (const { path, problem } of writeGenerated(root, generated)) console.log(`${path} was ${problem}`);
}
