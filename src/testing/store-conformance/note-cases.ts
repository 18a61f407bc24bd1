import { strict as assert } from "node:assert";
import type { NewNote, NoteKey } from "../../ports/notes.js";
import { AWKWARD_TEXTS } from "./enqueue-cases.js";
import { ACCOUNT, anotherStore } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

const KEY: NoteKey = { accountId: ACCOUNT, kind: "kind", key: "key" };

/** What notes promise. */
export const noteCases: readonly StoreCase[] = [
  {
    name: "notes: what was written is read, until its time is over",
    async run(context) {
      assert.equal(await context.store.notes.read(KEY), null);
      assert.equal(await write(context, { text: "one", keepMs: 1_000 }), "written");
      assert.deepEqual(await context.store.notes.read(KEY), { text: "one", revision: 1 });
      context.advance(600);
      assert.equal(await write(context, { text: "two", revision: 1, keepMs: 1_000 }), "written");
      context.advance(999);
      assert.deepEqual(await context.store.notes.read(KEY), { text: "two", revision: 2 });
      context.advance(1);
      assert.equal(await context.store.notes.read(KEY), null);
      assert.equal(await write(context, { text: "three", revision: 2 }), "stale");
      assert.equal(await write(context, { text: "three" }), "written");
      assert.deepEqual(await context.store.notes.read(KEY), { text: "three", revision: 1 });
    },
  },
  {
    name: "notes: of those who write on the same revision at once one does, and a repeated call is answered alike",
    async run(context) {
      const other = await anotherStore(context);
      const writeTo = ({ notes }: StoreCaseContext["store"], text: string, revision: number) =>
        notes.write({ ...KEY, text, revision, keepMs: 1_000, max: 10 });
      for (const revision of [0, 1]) {
        const answers = await Promise.all([
          writeTo(context.store, `one ${revision}`, revision),
          writeTo(other, `two ${revision}`, revision),
        ]);
        assert.deepEqual([...answers].sort(), ["stale", "written"]);
        const text = answers[0] === "written" ? `one ${revision}` : `two ${revision}`;
        assert.equal(await writeTo(other, text, revision), "written");
        assert.deepEqual(await other.notes.read(KEY), { text, revision: revision + 1 });
      }
      assert.equal(await writeTo(context.store, "late", 0), "stale");
    },
  },
  {
    name: "notes: one that is kept for no time is gone, and goes again",
    async run(context) {
      await write(context, { text: "one" });
      assert.equal(await write(context, { text: "", revision: 7, keepMs: 0 }), "stale");
      assert.equal(await write(context, { text: "", revision: 1, keepMs: 0 }), "written");
      assert.equal(await context.store.notes.read(KEY), null);
      assert.equal(await write(context, { text: "", revision: 1, keepMs: 0 }), "written");
      assert.equal(await write(context, { text: "anew" }), "written");
    },
  },
  {
    name: "notes: each account, kind and key has its own, whatever text it is",
    async run(context) {
      const texts = ["key", "__proto__", "constructor", "a:b", ...AWKWARD_TEXTS.filter((text) => text !== "")];
      const keys = texts.flatMap((text): NoteKey[] => [
        { accountId: text, kind: "kind", key: "key" },
        { accountId: ACCOUNT, kind: text, key: "key" },
        { accountId: ACCOUNT, kind: "kind", key: `${text} key` },
      ]);
      const bodies = [...AWKWARD_TEXTS, "x".repeat(262_144)];
      const textOf = (index: number): string => `${index} ${bodies[index % bodies.length] ?? ""}`;
      for (const [index, key] of keys.entries()) {
        assert.equal(await write(context, { ...key, text: textOf(index), max: 1_000 }), "written");
      }
      for (const [index, key] of keys.entries()) {
        assert.ok((await context.store.notes.read(key))?.text === textOf(index), JSON.stringify(key));
      }
    },
  },
  {
    name: "notes: an account has at most so many of a kind, those whose time is over not counted",
    async run(context) {
      const writeKey = (key: string, changes: Partial<NewNote> = {}) => write(context, { key, max: 2, ...changes });
      assert.equal(await writeKey("one", { keepMs: 1_000 }), "written");
      assert.equal(await writeKey("two", { keepMs: 5_000 }), "written");
      assert.equal(await writeKey("three"), "full");
      assert.equal(await context.store.notes.read({ ...KEY, key: "three" }), null);
      assert.equal(await writeKey("two", { text: "changed", revision: 1 }), "written");
      assert.equal(await writeKey("three", { kind: "other" }), "written");
      assert.equal(await writeKey("three", { accountId: "account-2" }), "written");
      context.advance(1_000);
      assert.equal(await writeKey("three"), "written");
      assert.equal(await writeKey("four"), "full");
      assert.equal(await writeKey("two", { text: "", revision: 2, keepMs: 0 }), "written");
      assert.equal(await writeKey("four"), "written");
    },
  },
  {
    name: "notes: a walk over the pages meets every note of the kind, of every account",
    async run(context) {
      const keys = ["d", "b", "\u0000", "a", "__proto__", "c", "e"];
      for (const [index, key] of keys.entries()) {
        await write(context, { accountId: `account-${index % 3}`, key, text: `text of ${key}` });
      }
      await write(context, { kind: "another", key: "stranger" });
      await write(context, { key: "over", keepMs: 10 });
      context.advance(10);
      const met = new Map<string, string>();
      let cursor: string | null = null;
      do {
        const page = await context.store.notes.page({ kind: "kind", cursor, limit: 2 });
        assert.ok(page.notes.length <= 2);
        for (const note of page.notes) {
          assert.deepEqual(await context.store.notes.read(note), { text: note.text, revision: note.revision });
          met.set(note.key, note.text);
        }
        cursor = page.cursor;
      } while (cursor !== null);
      assert.deepEqual([...met].sort(), keys.map((key) => [key, `text of ${key}`]).sort());
    },
  },
];

function write({ store }: StoreCaseContext, note: Partial<NewNote>): Promise<"written" | "stale" | "full"> {
  return store.notes.write({ ...KEY, text: "text", revision: 0, keepMs: 3_600_000, max: 100, ...note });
}
