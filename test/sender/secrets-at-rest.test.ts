import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import Database from "better-sqlite3";
import { verify, verifyStandard } from "@auraconnect/webhooks/signature";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { rejection } from "../support/rejection.js";
import { databaseFile, endpoint, heard, makeSender, sample, SECRET, startSender } from "../support/sender-scene.js";
import { until } from "../support/until.js";

const order = sample("order.created");
const OLD = { id: "2025", key: Buffer.alloc(32, 1) };
const NEW = { id: "2026", key: Buffer.alloc(32, 2).toString("base64") };
const HEX = { id: "hex", key: Buffer.alloc(32, 3).toString("hex") };

/** Everything that the store has written for this file. */
function bytesOf(path: string): string {
  const files = [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file));
  return files.map((file) => readFileSync(file).toString("latin1")).join();
}

describe("a durable store without keys", () => {
  test("is refused at start and at registering, and nothing is stored", async () => {
    const path = databaseFile();
    const sender = makeSender({ store: sqliteStore({ path }) });
    for (const call of [sender.start(), sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] })]) {
      expect(await rejection(call)).toMatchObject({ code: "secret_key_missing", field: "secretKeys" });
    }
    expect((await sender.webhooks.list()).webhooks).toEqual([]);
  });

  test("refuses to rotate a secret that it could not keep", async () => {
    const path = databaseFile();
    const keyed = makeSender({ store: sqliteStore({ path }), secretKeys: [OLD] });
    const { id: webhookId } = await keyed.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    const sender = makeSender({ store: sqliteStore({ path }) });
    expect((await rejection(sender.webhooks.rotateSecret({ webhookId }))).code).toBe("secret_key_missing");
  });

  test("can be published to: that takes no secret", async () => {
    const sender = makeSender({ store: sqliteStore({ path: databaseFile() }) });
    expect((await sender.publish("order.created", order)).deliveries).toEqual([]);
  });

  test("works where the host says that secrets may be readable", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const sender = await startSender({ store: sqliteStore({ path }), plaintextSecrets: true });
    await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    await sender.publish("order.created", order);
    await seen(1);
    // Shows that the search below finds what is there.
    expect(bytesOf(path)).toContain(SECRET);
  });
});

describe("a durable store with keys", () => {
  test("holds no secret that could be read, neither present nor previous, generated nor given", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const sender = await startSender({ store: sqliteStore({ path }), secretKeys: [NEW] });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
    const { secret: generated } = await sender.webhooks.rotateSecret({ webhookId });
    await sender.publish("order.created", order);
    const [request] = await seen(1);
    expect(verify(request!.body, request!.headers["x-auraconnect-signature"], SECRET)).toBe(true);
    const written = bytesOf(path);
    expect(written).toContain(webhookId);
    for (const secret of [SECRET, generated, generated.slice("whsec_".length)]) {
      expect(written).not.toContain(secret);
      expect(written).not.toContain(Buffer.from(secret).toString("base64").slice(0, 20));
      expect(written).not.toContain(Buffer.from(secret).toString("hex"));
    }
  });

  test("seals the same secret differently each time", async () => {
    const path = databaseFile();
    const sender = makeSender({ store: sqliteStore({ path }), secretKeys: [NEW] });
    const made = [1, 2].map(() =>
      sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"], secret: SECRET }),
    );
    await Promise.all(made);
    const sealed = [...bytesOf(path).matchAll(/aes256gcm:2026:([A-Za-z0-9+/=]+)/g)].map(([, text]) => text);
    expect(new Set(sealed).size).toBeGreaterThanOrEqual(2);
  });
});

describe("a key ring", () => {
  test("opens with every key and seals with the first", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const create = (secretKeys: readonly { id: string; key: string | Uint8Array }[]) =>
      makeSender({ store: sqliteStore({ path }), secretKeys }).webhooks.create({ url, events: ["*"], secret: SECRET });
    await create([OLD]);
    await create([HEX]);
    await create([NEW, OLD, HEX]);
    expect(bytesOf(path)).toContain("aes256gcm:2026:");
    const sender = await startSender({ store: sqliteStore({ path }), secretKeys: [NEW, OLD, HEX] });
    await sender.publish("order.created", order);
    for (const { body, headers } of await seen(3)) {
      expect(verify(body, headers["x-auraconnect-signature"], SECRET)).toBe(true);
    }
  });

  test.each([
    ["without the key that sealed", [NEW], "2025"],
    ["with another key under the same id", [{ id: "2025", key: Buffer.alloc(32, 9) }], "2025"],
  ])("%s lets deliveries wait and says why, and one that has it sends them", async (_, secretKeys, named) => {
    const { url, requests, seen } = await endpoint();
    const path = databaseFile();
    const clock = simulatedClock();
    const publisher = makeSender({ store: sqliteStore({ path }), secretKeys: [OLD], clock });
    const { id } = await publisher.webhooks.create({ url, events: ["*"], secret: SECRET });
    await publisher.publish("order.created", order);
    const blind = await startSender({ store: sqliteStore({ path }), secretKeys, clock });
    const errors = heard(blind, "error");
    await clock.advance(0);
    await until("it says why", () => errors.length > 0);
    expect(errors[0]!.error).toMatchObject({ code: "secret_unreadable" });
    expect(errors[0]!.error.message).toContain(named);
    expect(errors[0]!.error.message).toContain(id);
    await until(
      "it is given back",
      async () => (await publisher.deliveries.list()).logs[0]!.nextAttemptAt !== "2026-01-01T00:00:00.000Z",
    );
    await blind.stop();
    expect((await publisher.deliveries.list()).logs).toMatchObject([{ status: "pending", attempts: 0 }]);
    expect(requests).toHaveLength(0);

    await startSender({ store: sqliteStore({ path }), secretKeys: [NEW, OLD], clock });
    await clock.advance(60_000);
    await seen(1);
  });

  test("need not open a previous secret whose overlap has ended", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const clock = simulatedClock();
    const before = makeSender({ store: sqliteStore({ path }), secretKeys: [OLD], clock });
    const { id: webhookId } = await before.webhooks.create({ url, events: ["*"] });
    const during = makeSender({ store: sqliteStore({ path }), secretKeys: [NEW, OLD], clock });
    const { secret } = await during.webhooks.rotateSecret({ webhookId, overlapMs: 60_000 });
    await clock.advance(60_000);
    const after = await startSender({ store: sqliteStore({ path }), secretKeys: [NEW], clock });
    await after.publish("order.created", order);
    const [request] = await seen(1);
    expect(verify(request!.body, request!.headers["x-auraconnect-signature"], secret)).toBe(true);
  });

  test("does not open what was moved from another webhook or tampered with", async () => {
    const { url, requests } = await endpoint();
    const path = databaseFile();
    const sender = makeSender({ store: sqliteStore({ path }), secretKeys: [NEW] });
    const victim = await sender.webhooks.create({ url, events: ["order.created"], secret: SECRET });
    const mine = await sender.webhooks.create({
      accountId: "mine",
      url,
      events: ["order.created"],
      secret: "known-to-me-and-only-me",
    });
    const database = new Database(path);
    const read = (id: string) =>
      JSON.parse(
        (database.prepare("select record from webhooks where id = ?").get(id) as { record: string }).record,
      ) as Record<string, unknown>;
    const moved = JSON.stringify({ ...read(mine.id), secret: read(victim.id)["secret"] });
    database.prepare("update webhooks set record = ? where id = ?").run(moved, mine.id);
    database.close();

    const started = await startSender({ store: sqliteStore({ path }), secretKeys: [NEW] });
    const errors = heard(started, "error");
    await started.publish("order.created", order, { accountId: "mine" });
    await until("it is refused", () => errors.length > 0);
    expect(errors[0]!.error).toMatchObject({ code: "secret_unreadable" });
    expect(requests).toHaveLength(0);
  });
});

describe("rotateKeys", () => {
  test("seals every secret again with the newest key, over all accounts, so that the old key can go", async () => {
    const { url, seen } = await endpoint();
    const path = databaseFile();
    const open = { store: sqliteStore({ path }), plaintextSecrets: true };
    const { id: plain } = await makeSender(open).webhooks.create({
      accountId: "first",
      url,
      events: ["*"],
      secret: SECRET,
    });
    const before = makeSender({ store: sqliteStore({ path }), secretKeys: [OLD] });
    await Promise.all(
      Array.from({ length: 230 }, (_, index) =>
        before.webhooks.create({ accountId: `account-${index % 5}`, url, events: ["order.updated"] }),
      ),
    );
    const { id: webhookId } = await before.webhooks.create({ url, events: ["*"], secret: SECRET });
    const { secret: second } = await before.webhooks.rotateSecret({ webhookId });

    const during = makeSender({ store: sqliteStore({ path }), secretKeys: [NEW, OLD] });
    const { revision } = await during.webhooks.get({ webhookId });
    expect(await during.rotateKeys()).toEqual({ rotated: 232, unreadable: [] });
    expect(await during.rotateKeys()).toEqual({ rotated: 0, unreadable: [] });
    expect(await during.webhooks.get({ webhookId })).toMatchObject({ revision: revision + 1, events: ["*"] });

    const after = await startSender({ store: sqliteStore({ path }), secretKeys: [NEW] });
    await after.publish("order.created", order);
    await after.publish("order.created", order, { accountId: "first" });
    for (const { body, headers } of await seen(2)) {
      const message = { id: String(headers["webhook-id"]), timestamp: Number(headers["webhook-timestamp"]), body };
      const newest = headers["x-auraconnect-webhook-id"] === plain ? SECRET : second;
      expect(verify(body, headers["x-auraconnect-signature"], SECRET)).toBe(true);
      expect(verifyStandard(message, headers["webhook-signature"], newest)).toBe(true);
    }
  });

  test("names what no key opens and goes on with the others", async () => {
    const path = databaseFile();
    const make = (secretKeys: readonly { id: string; key: string | Uint8Array }[]) =>
      makeSender({ store: sqliteStore({ path }), secretKeys });
    const webhook = { url: "http://127.0.0.1:9/", events: ["*"] } as const;
    const lost = await make([HEX]).webhooks.create({ ...webhook, accountId: "lost" });
    await make([OLD]).webhooks.create(webhook);
    const { rotated, unreadable } = await make([NEW, OLD]).rotateKeys();
    expect(rotated).toBe(1);
    expect(unreadable).toEqual([
      { accountId: "lost", webhookId: lost.id, message: expect.stringContaining("`hex`") as string },
    ]);
  });

  test("drops a previous secret that has ended, whose key may be gone", async () => {
    const path = databaseFile();
    const clock = simulatedClock();
    const make = (secretKeys: readonly { id: string; key: string | Uint8Array }[]) =>
      makeSender({ store: sqliteStore({ path }), secretKeys, clock });
    const { id: webhookId } = await make([OLD]).webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    await make([HEX, OLD]).webhooks.rotateSecret({ webhookId, overlapMs: 60_000 });
    await clock.advance(60_000);
    expect(await make([NEW, HEX]).rotateKeys()).toEqual({ rotated: 1, unreadable: [] });
  });

  test("does nothing where secrets are kept as they are, and is refused where nothing says how", async () => {
    const plain = makeSender();
    await plain.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    expect(await plain.rotateKeys()).toEqual({ rotated: 0, unreadable: [] });
    const sender = makeSender({ store: sqliteStore({ path: databaseFile() }) });
    expect((await rejection(sender.rotateKeys())).code).toBe("secret_key_missing");
  });
});
