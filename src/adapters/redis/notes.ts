import type { NewNote, Note, NoteKey, NotePage, Notes } from "../../ports/notes.js";
import { PAGE_NOTES, READ_NOTE, WRITE_NOTE } from "./notes-lua.js";
import type { OpenStore } from "./open-store.js";
import { nextCursor, parseCursor } from "./page-cursor.js";
import { textOf, textsOf } from "./reply.js";
import { fromStored, toField, toStored } from "./text.js";

/** Notes in Redis, a hash for each account. */
export class RedisNotes implements Notes {
  constructor(private readonly store: () => OpenStore) {}

  async read(key: NoteKey): Promise<Note | null> {
    const { keyspace } = this.store();
    const value = textOf(await keyspace.run(keyspace.partitionOf(key.accountId), READ_NOTE, fieldsOf(key)));
    return value === "" ? null : parseValue(value);
  }

  async write(note: NewNote): Promise<"written" | "stale" | "full"> {
    const { keyspace } = this.store();
    const { accountId, text, revision, keepMs, max } = note;
    const numbers = [revision, Math.ceil(keepMs), max].map(String);
    const args = [...fieldsOf(note), ...numbers, toStored(text)];
    const answer = textOf(await keyspace.run(keyspace.partitionOf(accountId), WRITE_NOTE, args));
    return answer === "stale" || answer === "full" ? answer : "written";
  }

  async page({ kind, cursor, limit }: Parameters<Notes["page"]>[0]): Promise<NotePage> {
    const { keyspace } = this.store();
    const { partition, after } = parseCursor(cursor);
    if (partition >= keyspace.count) return { notes: [], cursor: null };
    const reply = textsOf(await keyspace.run(partition, PAGE_NOTES, [toField(kind), after, String(limit)]));
    const [last = "", ...texts] = reply;
    const notes: (NoteKey & Note)[] = [];
    for (let index = 0; index < texts.length; index += 3) {
      const [account = "", key = "", value = ""] = texts.slice(index, index + 3);
      notes.push({ accountId: fromStored(account), kind, key: fromStored(key), ...parseValue(value) });
    }
    return { notes, cursor: nextCursor(keyspace, partition, last) };
  }
}

function fieldsOf({ accountId, kind, key }: NoteKey): string[] {
  return [accountId, kind, key].map(toField);
}

/** Two fields, and a text that may have tabs of its own. */
function parseValue(value: string): Note {
  const textBegins = value.indexOf("\t", value.indexOf("\t") + 1) + 1;
  return { text: fromStored(value.slice(textBegins)), revision: Number.parseInt(value, 10) };
}
