import { WebhookError } from "../../errors.js";
import type { PostgresConnection } from "./connection.js";
import { RECEIVER_MIGRATIONS } from "./idempotency-sql.js";
import { INBOX_MIGRATIONS } from "./inbox-sql.js";
import { checkSchemaName, inSchema } from "./schema-name.js";
import { SENDER_MIGRATIONS } from "./sender-schema-sql.js";

/** A set of tables with a version of its own: what a sender keeps, what a receiver remembers, or its inbox. */
export interface Component {
  readonly name: "sender" | "receiver" | "inbox";
  /** The steps from nothing to the present tables, in order; forward only. */
  readonly migrations: readonly string[];
}

export const SENDER: Component = { name: "sender", migrations: SENDER_MIGRATIONS };
export const RECEIVER: Component = { name: "receiver", migrations: RECEIVER_MIGRATIONS };
export const INBOX: Component = { name: "inbox", migrations: INBOX_MIGRATIONS };

const COMPONENTS = [SENDER, RECEIVER, INBOX];

/** Options of {@link postgresMigrations}. */
export interface PostgresMigrationsOptions {
  /** The schema of the tables. Defaults to `webhooks`. */
  readonly schema?: string | undefined;
  /**
   * Whose tables: `postgresStore` needs those of the sender, `postgresIdempotency` those of the receiver, `postgresInbox`
   * those of the inbox. Defaults to all.
   */
  readonly components?: readonly Component["name"][] | undefined;
}

/** The oldest server with everything that the statements use. */
const MIN_SERVER = 130_000;

const GET_SERVER = /* sql */ `
  select current_setting('server_version_num')::int4 as version, current_setting('server_encoding') as encoding,
         exists (select from pg_catalog.pg_tables where schemaname = 'webhooks' and tablename = 'webhook_schema') as present`;

/** Primary key. */
const GET_VERSION = /* sql */ `select version from webhooks.webhook_schema where component = $1`;

/**
 * The SQL that makes the tables, or brings them up to date, in one transaction for each component. It can be run again,
 * by any number at once, and does nothing where they are up to date. For hosts that run all DDL themselves; they open
 * the store with `migrate: false`.
 *
 * @throws {@link WebhookError} `option_invalid`.
 */
export function postgresMigrations(options: PostgresMigrationsOptions = {}): string {
  const schema = checkSchemaName(options.schema);
  const { components } = options;
  return COMPONENTS.filter(({ name }) => components?.includes(name) ?? true)
    .map((component) => `${migrationOf(component, schema)};\n`)
    .join("\n");
}

/**
 * Makes the tables of `component` what this code needs. Any number of processes may do this at the same time.
 *
 * @throws {@link WebhookError} `store_incompatible` when a newer version of this package has been there, when the tables
 *   are old or missing and may not be touched, or when the server cannot hold them.
 */
export async function migrate(
  connection: PostgresConnection,
  component: Component,
  mayMigrate: boolean,
): Promise<void> {
  if (await isCurrent(connection, component)) return;
  if (!mayMigrate) {
    throw new WebhookError(
      "store_incompatible",
      `The ${component.name}'s tables in the schema "${connection.schema}" are missing or old, and \`migrate\` is false; ` +
        "run the SQL that `postgresMigrations()` returns.",
    );
  }
  await connection.run(migrationOf(component, connection.schema));
}

async function isCurrent(connection: PostgresConnection, { name, migrations }: Component): Promise<boolean> {
  const [server] = await connection.all<{ version: number; encoding: string; present: boolean }>(GET_SERVER, []);
  if (server === undefined || Number(server.version) < MIN_SERVER || server.encoding !== "UTF8") {
    throw new WebhookError(
      "store_incompatible",
      `This is PostgreSQL ${Math.floor(Number(server?.version) / 10_000)} with a database in ${server?.encoding}; ` +
        "PostgreSQL 13 or later with a database in UTF8 is needed.",
    );
  }
  if (!server.present) return false;
  const [row] = await connection.all<{ version: number }>(GET_VERSION, [name]);
  const version = Number(row?.version ?? 0);
  if (version > migrations.length) {
    throw new WebhookError(
      "store_incompatible",
      `The ${name}'s tables are of version ${version} and this package knows ${migrations.length}; ` +
        "use the version of @auraconnect/webhooks that wrote them, or a later one.",
    );
  }
  return version === migrations.length;
}

/**
 * One statement, so that it is one transaction on whatever connection it goes through, a pooler's included. The lock is
 * the transaction's; whoever had to wait for it finds the steps taken.
 */
function migrationOf({ name, migrations }: Component, schema: string): string {
  const steps = migrations.map(
    (step, index) => `
  if coalesce(present_version, 0) < ${index + 1} then
${step}
  end if;
`,
  );
  const body = inSchema(
    `
declare
  present_version integer;
begin
  perform pg_advisory_xact_lock(8243021907334191);
  if not exists (select from pg_catalog.pg_namespace where nspname = 'webhooks') then
    create schema webhooks;
  end if;
  if not exists (select from pg_catalog.pg_tables where schemaname = 'webhooks' and tablename = 'webhook_schema') then
    create table webhooks.webhook_schema (component text not null primary key, version integer not null);
  end if;
  select version into present_version from webhooks.webhook_schema where component = '${name}';
${steps.join("")}
  insert into webhooks.webhook_schema as present (component, version) values ('${name}', ${migrations.length})
  on conflict (component) do update set version = excluded.version where present.version < excluded.version;
end
`,
    schema,
  );
  const tag = quoteTag(body);
  return `do ${tag}${body}${tag}`;
}

/** What begins and ends a text without standing in it: a schema may be called anything. */
function quoteTag(body: string): string {
  let tag = "$webhooks$";
  for (let number = 1; body.includes(tag); number += 1) tag = `$webhooks${number}$`;
  return tag;
}
