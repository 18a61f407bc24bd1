import { readArgument, type NamesOf } from "../../domain/option-value.js";
import { WebhookError } from "../../errors.js";
import { isSqliteDatabase } from "./database.js";
import type { SqliteLocation } from "./open-connection.js";

const NAMES: NamesOf<SqliteLocation> = { path: true, database: true };

/**
 * Checks where a caller wants its tables.
 *
 * @param taker The function that was given it, for messages.
 * @param others Names of what else it takes.
 * @throws {@link WebhookError} `option_invalid` unless exactly one of `path` and `database` is given, in its type.
 */
export function checkLocation<Options extends SqliteLocation>(
  taker: string,
  options: Options,
  others: NamesOf<Omit<Options, keyof SqliteLocation>>,
): Options {
  const { path, database } = readArgument<{ path?: unknown; database?: unknown }>(taker, options, {
    ...NAMES,
    ...others,
  });
  if ((path === undefined) === (database === undefined)) {
    throw new WebhookError("option_invalid", "SQLite is given either `path`, a file, or `database`, a connection.");
  }
  if (database === undefined && (typeof path !== "string" || path === "")) {
    throw new WebhookError("option_invalid", "`path` is the name of a file.", { field: "path" });
  }
  if (database !== undefined && !isSqliteDatabase(database)) {
    const message = "`database` is a connection of better-sqlite3 or node:sqlite, with `exec` and `prepare`.";
    throw new WebhookError("option_invalid", message, { field: "database" });
  }
  return options;
}
