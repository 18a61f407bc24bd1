import type { NewNote, Note, NoteKey, NotePage, Notes } from "../../ports/notes.js";
import type { SqliteConnection } from "./connection.js";
import type { Statements } from "./database.js";
import { COUNT_NOTES, DELETE_EXPIRED_NOTES, DELETE_NOTE, GET_NOTE, PAGE_NOTES, PUT_NOTE } from "./notes-sql.js";
import { fromStored, toStored } from "./text.js";

/** Notes in SQLite. Each write removes a few whose time is over, so that they never add up. */
export class SqliteNotes implements Notes {
  constructor(
    private readonly connection: () => SqliteConnection,
    private readonly now: () => number,
  ) {}

  async read(key: NoteKey): Promise<Note | null> {
    return this.connection().read((statements) => find(statements, this.now(), key));
  }

  async write(note: NewNote): Promise<"written" | "stale" | "full"> {
    return this.connection().write((statements) => write(statements, this.now(), note));
  }

  async page({ kind, cursor, limit }: Parameters<Notes["page"]>[0]): Promise<NotePage> {
    const [accountId, key] = cursor === null ? ["", ""] : (JSON.parse(cursor) as [string, string]);
    const parameters = { kind: toStored(kind), accountId, key, now: this.now(), limit };
    const rows = await this.connection().read((statements) =>
      statements.allNamed<Omit<NoteKey, "kind"> & Note>(PAGE_NOTES, parameters),
    );
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      notes: rows.map((row) => ({
        accountId: fromStored(row.accountId),
        kind,
        key: fromStored(row.key),
        text: fromStored(row.text),
        revision: row.revision,
      })),
      cursor: last === undefined ? null : JSON.stringify([last.accountId, last.key]),
    };
  }
}

function find(statements: Statements, now: number, key: NoteKey): Note | null {
  const row = statements.get<Note>(GET_NOTE, ...primaryKey(key), now);
  return row === undefined ? null : { text: fromStored(row.text), revision: row.revision };
}

function write(statements: Statements, now: number, note: NewNote): "written" | "stale" | "full" {
  const { text, revision, keepMs, max } = note;
  statements.run(DELETE_EXPIRED_NOTES, now);
  const key = primaryKey(note);
  const present = find(statements, now, note);
  if (keepMs === 0 && present === null) return "written";
  if (keepMs > 0 && present?.revision === revision + 1 && present.text === text) return "written";
  if ((present?.revision ?? 0) !== revision) return "stale";
  if (keepMs === 0) {
    statements.run(DELETE_NOTE, ...key);
    return "written";
  }
  if (present === null && countOf(statements, now, note) >= max) return "full";
  statements.run(PUT_NOTE, ...key, toStored(text), revision + 1, now + Math.ceil(keepMs));
  return "written";
}

function countOf(statements: Statements, now: number, { kind, accountId }: NoteKey): number {
  const row = statements.get<{ count: number }>(COUNT_NOTES, toStored(kind), toStored(accountId), now);
  return row?.count ?? 0;
}

function primaryKey({ kind, accountId, key }: NoteKey): readonly [string, string, string] {
  return [toStored(kind), toStored(accountId), toStored(key)];
}
