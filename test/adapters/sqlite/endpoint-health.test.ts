import { expect, test } from "vitest";
import { attempt, settlement, webhookRecord, type Scene } from "../../../src/testing/store-conformance/scene.js";
import { databaseFile } from "./database-file.js";
import { hostConnection, openScene } from "./open-store.js";

/** How many rows of webhook_failures have been written, counted by the database itself. */
function watchWrites(path: string): () => unknown {
  const database = hostConnection(path);
  database.exec(`
    create table writes (webhook_id text);
    create trigger inserted after insert on webhook_failures begin insert into writes values (new.webhook_id); end;
    create trigger updated after update on webhook_failures begin insert into writes values (new.webhook_id); end;
    create trigger deleted after delete on webhook_failures begin insert into writes values (old.webhook_id); end;`);
  return () => database.prepare("select webhook_id from writes order by rowid").pluck().all();
}

async function settleTwenty(scene: Scene, kind: "success" | "failed"): Promise<void> {
  const lease = scene.lease("worker");
  const events = Array.from({ length: 20 }, (_, index) =>
    scene.event(`evt-${lease.token}-${index}`, ["a", "b"], { leased: true }),
  );
  await scene.store.queue.enqueue(events, { lease });
  const ids = events.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
  await scene.store.queue.settle(ids.map((id) => settlement(id, lease, { kind }, attempt(1))));
}

test("failures are written once per webhook and batch, and successes only where there were failures", async () => {
  const path = databaseFile();
  const scene = await openScene({ path });
  await scene.register(webhookRecord("b"));
  const written = watchWrites(path);
  await settleTwenty(scene, "success");
  expect(written()).toEqual([]);
  await settleTwenty(scene, "failed");
  expect(written()).toEqual(["a", "b"]);
  await settleTwenty(scene, "success");
  expect(written()).toEqual(["a", "b", "a", "b"]);
  await settleTwenty(scene, "success");
  expect(written()).toHaveLength(4);
});
