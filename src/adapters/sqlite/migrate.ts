import { WebhookError } from "../../errors.js";
import type { Statements } from "./database.js";

const CREATE_VERSIONS = /* sql */ `
  create table if not exists webhook_schema (
    component text    not null primary key,
    version   integer not null
  ) strict, without rowid`;

const HAS_VERSIONS = /* sql */ `select 1 as found from sqlite_schema where type = 'table' and name = 'webhook_schema'`;

const GET_VERSION = /* sql */ `select version from webhook_schema where component = ?`;

const SET_VERSION = /* sql */ `
  insert into webhook_schema (component, version) values (?, ?)
  on conflict (component) do update set version = excluded.version`;

/** A set of tables with a version of its own: what a sender keeps, or what a receiver keeps. */
export interface Component {
  readonly name: string;
  /** The steps from an empty database to the present tables, in order; forward only. */
  readonly migrations: readonly string[];
}

/**
 * Whether the tables are as this code needs them, without taking a lock. `user_version` would be simpler and belongs
 * to the host whose file this may be.
 *
 * @throws {@link WebhookError} `store_incompatible` when a newer version of this package has been there.
 */
export function isMigrated(statements: Statements, component: Component): boolean {
  return versionOf(statements, component) === component.migrations.length;
}

/**
 * Takes the steps that are missing. Run inside a write transaction, in which no other process is at it.
 *
 * @throws {@link WebhookError} `store_incompatible` when a newer version of this package has been there.
 */
export function migrate(statements: Statements, component: Component): void {
  const version = versionOf(statements, component);
  if (version === component.migrations.length) return;
  statements.database.exec(CREATE_VERSIONS);
  for (const migration of component.migrations.slice(version)) statements.database.exec(migration);
  statements.run(SET_VERSION, component.name, component.migrations.length);
}

function versionOf(statements: Statements, { name, migrations }: Component): number {
  if (statements.get(HAS_VERSIONS) === undefined) return 0;
  const version = statements.get<{ version: number }>(GET_VERSION, name)?.version ?? 0;
  if (version > migrations.length) {
    throw new WebhookError(
      "store_incompatible",
      `The ${name}'s tables are of version ${version} and this package knows ${migrations.length}; ` +
        "use the version of @auraconnect/webhooks that wrote them, or a later one.",
    );
  }
  return version;
}
