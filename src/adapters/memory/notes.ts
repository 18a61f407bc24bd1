/* eslint-disable @typescript-eslint/require-await -- async makes a refusal a rejection, as the port promises */
import type { NewNote, Note, NoteKey, NotePage, Notes } from "../../ports/notes.js";

interface KeptNote extends Note {
  readonly expiresAt: number;
}

/** Notes in memory: by account, then by kind, then by key. */
export class MemoryNotes implements Notes {
  readonly #accounts = new Map<string, Map<string, Map<string, KeptNote>>>();

  constructor(private readonly now: () => number) {}

  async read({ accountId, kind, key }: NoteKey): Promise<Note | null> {
    const note = this.#live(accountId, kind).get(key);
    return note === undefined ? null : { text: note.text, revision: note.revision };
  }

  async write({ accountId, kind, key, text, revision, keepMs, max }: NewNote): Promise<"written" | "stale" | "full"> {
    const notes = this.#live(accountId, kind);
    const present = notes.get(key);
    if (keepMs === 0 && present === undefined) return "written";
    if (present?.revision === revision + 1 && present.text === text && keepMs > 0) return "written";
    if ((present?.revision ?? 0) !== revision) return "stale";
    if (keepMs === 0) {
      notes.delete(key);
    } else {
      if (present === undefined && notes.size >= max) return "full";
      notes.set(key, { text, revision: revision + 1, expiresAt: this.now() + keepMs });
    }
    this.#keep(accountId, kind, notes);
    return "written";
  }

  async page({ kind, cursor, limit }: Parameters<Notes["page"]>[0]): Promise<NotePage> {
    const all = [...this.#accounts.keys()].flatMap((accountId) =>
      [...this.#live(accountId, kind)].map(([key, { text, revision }]) => ({ accountId, kind, key, text, revision })),
    );
    const placed = all.map((note) => ({ note, place: JSON.stringify([note.accountId, note.key]) }));
    const rest = placed
      .filter(({ place }) => cursor === null || place > cursor)
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const page = rest.slice(0, limit);
    return { notes: page.map(({ note }) => note), cursor: rest.length > limit ? (page.at(-1)?.place ?? null) : null };
  }

  /** Forgets all notes of an account. */
  erase(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  /** The notes of a kind whose time is not over; the others are forgotten. */
  #live(accountId: string, kind: string): Map<string, KeptNote> {
    const notes = this.#accounts.get(accountId)?.get(kind) ?? new Map<string, KeptNote>();
    for (const [key, { expiresAt }] of notes) if (expiresAt <= this.now()) notes.delete(key);
    return notes;
  }

  #keep(accountId: string, kind: string, notes: Map<string, KeptNote>): void {
    const kinds = this.#accounts.get(accountId) ?? new Map<string, Map<string, KeptNote>>();
    if (notes.size > 0) kinds.set(kind, notes);
    else kinds.delete(kind);
    if (kinds.size > 0) this.#accounts.set(accountId, kinds);
    else this.#accounts.delete(accountId);
  }
}
