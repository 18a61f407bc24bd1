import { describe, expect, inject, test } from "vitest";
import { openScene } from "./open-store.js";
import { testPool, testSchema } from "./database.js";

describe.skipIf(inject("postgresUrl") === null)("what waits for no disk", () => {
  test("leaves a host's transaction, and the connections of its pool, as durable as they were", async () => {
    const pool = testPool({ max: 2, options: "-c synchronous_commit=on" });
    const scene = await openScene({ pool, schema: testSchema() });
    const client = await pool.connect();
    const setting = async (): Promise<unknown> =>
      (await client.query<{ synchronous_commit: string }>("show synchronous_commit")).rows[0]?.synchronous_commit;
    await client.query("begin");
    await scene.store.queue.enqueue([scene.event("evt", ["a"])], { transaction: client });
    expect(await setting()).toBe("on");
    await client.query("commit");
    expect(await setting()).toBe("on");
    client.release();

    await scene.publish("another", ["a"]);
    await scene.claim("worker");
    const settings = await Promise.all([1, 2].map(() => pool.query("show synchronous_commit")));
    expect(settings.map(({ rows }) => rows as unknown)).toEqual([1, 2].map(() => [{ synchronous_commit: "on" }]));
  });
});
