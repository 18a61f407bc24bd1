import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { silentLogger } from "../../ports/logger.js";
import { anotherStore, idsOf, Scene } from "./scene.js";
import type { StoreCase, StoreCaseContext } from "./store-case.js";

/** Hints come from outside, in real time: how long one may take, and how many may be lost. */
const HINT_MS = 50;
const MAX_HINTS = 100;

/** What opening and closing promise, to any number of senders that use one store. */
export const openCloseCases: readonly StoreCase[] = [
  {
    name: "store: closed and opened again it is as it was",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      const ids = await scene.publish("evt", ["a"]);
      await context.store.close();
      await open(context);
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), ids);
    },
  },
  {
    name: "store: one of two that use it closes, and the other works on",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await open(context);
      const published = scene.publish("evt-1", ["a"]);
      await context.store.close();
      const ids = [...(await published), ...(await scene.publish("evt-2", ["a"]))];
      assert.deepEqual(idsOf((await scene.claim("worker")).deliveries), ids);
    },
  },
  {
    name: "store: opened by several at the same moment it is ready for all, and by one while another closes",
    async run(context) {
      const scene = await Scene.begin(context, ["a"], "worker");
      await context.store.close();
      await Promise.all([open(context), open(context), open(context)]);
      await Promise.all([context.store.close(), context.store.close()]);
      const [id = ""] = await scene.publish("evt", ["a"]);
      await Promise.all([context.store.close(), open(context)]);
      assert.equal((await scene.row(id))?.status, "pending");
      await Promise.all([open(context), context.store.close()]);
      assert.equal((await scene.row(id))?.status, "pending");
    },
  },
  {
    name: "store: works by the time of whoever opened it first",
    async run(context) {
      const scene = await Scene.begin(context, ["a"]);
      await context.store.open({ logger: silentLogger, now: () => 0 });
      const [id = ""] = await scene.publish("evt", ["a"]);
      assert.equal((await scene.row(id))?.storedAt, context.now());
      await context.store.close();
    },
  },
  {
    name: "store: where it can tell, it tells of what another made due",
    async run(context) {
      const other = await anotherStore(context);
      const publisher = await Scene.begin({ ...context, store: other }, ["a"]);
      if (context.store.listen === undefined) return;
      let told = 0;
      const stop = context.store.listen(() => (told += 1));
      // A hint may be lost while the store is still arranging to get them.
      for (let published = 0; told === 0 && published < MAX_HINTS; published += 1) {
        await publisher.publish(`evt-${published}`, ["a"]);
        await setTimeout(HINT_MS);
      }
      stop();
      stop();
      assert.ok(told > 0, `Nothing was told of ${MAX_HINTS} events that another handle published.`);
    },
  },
];

function open({ store, now }: StoreCaseContext): Promise<void> {
  return store.open({ logger: silentLogger, now });
}
