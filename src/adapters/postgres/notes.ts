import type { NewNote, Note, NoteKey, NotePage, Notes } from "../../ports/notes.js";
import type { PostgresConnection } from "./connection.js";
import { DELETE_EXPIRED_NOTES, DELETE_NOTE, GET_NOTE, INSERT_NOTE, PAGE_NOTES, REPLACE_NOTE } from "./notes-sql.js";
import { fromStored, toStored } from "./text.js";

/** Notes in PostgreSQL. Each write removes a few whose time is over, so that they never add up. */
export class PostgresNotes implements Notes {
  constructor(
    private readonly connection: () => PostgresConnection,
    private readonly now: () => number | null,
  ) {}

  async read(key: NoteKey): Promise<Note | null> {
    const [row] = await this.connection().all<Note>(GET_NOTE, [this.now(), ...primaryKey(key)]);
    return row === undefined ? null : { text: fromStored(row.text), revision: Number(row.revision) };
  }

  async write(note: NewNote): Promise<"written" | "stale" | "full"> {
    await this.connection().all(DELETE_EXPIRED_NOTES, [this.now()]);
    if (await this.#put(note)) return "written";
    // Read after it failed, so that what it met is seen.
    const { text, revision, keepMs } = note;
    const present = await this.read(note);
    if (keepMs === 0) return present === null ? "written" : "stale";
    if (present?.revision === revision + 1 && present.text === text) return "written";
    return present === null && revision === 0 ? "full" : "stale";
  }

  async page({ kind, cursor, limit }: Parameters<Notes["page"]>[0]): Promise<NotePage> {
    const after = cursor === null ? ["", ""] : (JSON.parse(cursor) as [string, string]);
    const values = [this.now(), toStored(kind), ...after, limit];
    const rows = await this.connection().all<Omit<NoteKey, "kind"> & Note>(PAGE_NOTES, values);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      notes: rows.map((row) => ({
        accountId: fromStored(row.accountId),
        kind,
        key: fromStored(row.key),
        text: fromStored(row.text),
        revision: Number(row.revision),
      })),
      cursor: last === undefined ? null : JSON.stringify([last.accountId, last.key]),
    };
  }

  async #put(note: NewNote): Promise<boolean> {
    const { text, revision, keepMs, max } = note;
    const connection = this.connection();
    const key = primaryKey(note);
    if (keepMs === 0) return (await connection.all(DELETE_NOTE, [...key, revision])).length > 0;
    const values = [this.now(), ...key, toStored(text), Math.ceil(keepMs)];
    const rows = await (revision === 0
      ? connection.all(INSERT_NOTE, [...values, max])
      : connection.all(REPLACE_NOTE, [...values, revision]));
    return rows.length > 0;
  }
}

function primaryKey({ kind, accountId, key }: NoteKey): readonly [string, string, string] {
  return [toStored(kind), toStored(accountId), toStored(key)];
}
