import { describe, expect, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { WebhookError, type Sender } from "@auraconnect/webhooks/sender";
import { sqliteStore } from "@auraconnect/webhooks/sqlite";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { thrownBy } from "../protocol/thrown-by.js";
import { hostileBut, type HostileName } from "../support/hostile-values.js";
import { rejection } from "../support/rejection.js";
import { databaseFile, heard, makeSender, sample, SECRET_KEYS } from "../support/sender-scene.js";

const order = sample("order.created");
const toOne = { url: "https://example.com/", events: ["*"] } as const;

/** A method as untyped callers see it. */
type Untyped = (...given: unknown[]) => Promise<unknown>;

function untyped(sender: Sender, path: string): Untyped {
  return (...given) => {
    const [method = "", owner] = path.split(".").reverse();
    const object = owner === undefined ? sender : (Reflect.get(sender, owner) as object);
    return (Reflect.get(object, method) as Untyped).apply(object, given);
  };
}

/** What a call must leave as it was. */
async function everything(sender: Sender): Promise<unknown> {
  return [await sender.webhooks.list(), await sender.deliveries.list()];
}

/** A sender with one webhook and one delivery. */
async function sceneOf(): Promise<{ readonly sender: Sender; readonly webhookId: string }> {
  const sender = makeSender() as unknown as Sender;
  const { id: webhookId } = await sender.webhooks.create(toOne);
  await sender.publish("order.created", order);
  return { sender, webhookId };
}

const objects: readonly HostileName[] = ["an object", "what cannot be text"];

/** What each method takes first, but for what fits there. */
const FIRST: Readonly<Record<string, readonly HostileName[]>> = {
  "webhooks.create": [],
  "webhooks.get": [],
  "webhooks.list": objects,
  "webhooks.update": [],
  "webhooks.delete": [],
  "webhooks.rotateSecret": [],
  "webhooks.confirmSecret": [],
  "webhooks.logs": [],
  "webhooks.test": [],
  "webhooks.stats": [],
  "deliveries.list": objects,
  "deliveries.get": [],
  "deliveries.resend": [],
  "deliveries.recover": [],
  "deliveries.recovery": [],
  "deliveries.cancel": [],
  explain: [],
  runOnce: [],
  eraseAccount: [],
  publish: [],
  publishMany: ["a list"],
  stop: objects,
  on: [],
  off: [],
};

describe("the first argument of a method", () => {
  const cases = Object.entries(FIRST).flatMap(([method, fitting]) =>
    hostileBut(...fitting).map(([value, given]) => [method, value, given] as const),
  );
  test.each(cases)("`%s` refuses %s, repeats none of it, and changes nothing", async (method, _, given) => {
    const { sender } = await sceneOf();
    const before = await everything(sender);
    const call = async (): Promise<unknown> => untyped(sender, method)(given);
    const error = await rejection(call());
    // A name that was not found is repeated; nothing else is.
    if (!["publish", "on", "off"].includes(method)) expect(error.message).not.toContain("pa55word");
    expect(await everything(sender)).toEqual(before);
  });

  test.each(Object.keys(FIRST).filter((method) => !["webhooks.list", "deliveries.list", "stop"].includes(method)))(
    "`%s` refuses to be given nothing, and changes nothing",
    async (method) => {
      const { sender } = await sceneOf();
      const before = await everything(sender);
      await rejection((async (): Promise<unknown> => untyped(sender, method)())());
      expect(await everything(sender)).toEqual(before);
    },
  );

  test("may be left out where everything in it may", async () => {
    const { sender } = await sceneOf();
    expect((await sender.webhooks.list()).webhooks).toHaveLength(1);
    expect((await sender.deliveries.list()).logs).toHaveLength(1);
    await sender.stop();
  });

  test.each(["webhooks.get", "webhooks.delete", "webhooks.confirmSecret"])(
    "`%s` also takes what names a webhook beside other things, as events tell it",
    async (method) => {
      const { sender, webhookId } = await sceneOf();
      await untyped(sender, method)({ webhookId, eventId: "evt_1", status: "failed" });
    },
  );
});

describe("the options of publishing", () => {
  test.each(hostileBut(...objects))("refuse to be %s", async (_, given) => {
    const { sender } = await sceneOf();
    const before = await everything(sender);
    for (const publish of [
      untyped(sender, "publish")("order.created", order, given),
      untyped(sender, "publishMany")([{ type: "order.created", object: order }], given),
    ]) {
      expect((await rejection(publish)).code).toBe("option_invalid");
    }
    expect(await everything(sender)).toEqual(before);
  });

  test.each<[string, unknown, string]>([
    ["an account", { acountId: "acct_42" }, "acountId"],
    ["an id", { ID: "evt_1" }, "ID"],
  ])("refuse a misspelt name: %s would be passed over", async (_, options, field) => {
    const { sender } = await sceneOf();
    const before = await everything(sender);
    expect(await rejection(sender.publish("order.created", order, options as object))).toMatchObject({
      code: "option_invalid",
      field,
    });
    const entry = { type: "order.created", object: order, ...(options as object) } as const;
    const good = { type: "order.created", object: order } as const;
    expect(await rejection(sender.publishMany([good, entry]))).toMatchObject({ field: `events[1].${field}` });
    // What goes beside one event is not said for all of them.
    await rejection(sender.publishMany([good], { accountId: "acct_42" } as object));
    expect(await everything(sender)).toEqual(before);
  });

  test.each(hostileBut())("`publishMany` refuses an event that is %s, with its place", async (_, given) => {
    const { sender } = await sceneOf();
    const before = await everything(sender);
    const good = { type: "order.created", object: order };
    expect(await rejection(untyped(sender, "publishMany")([good, given]))).toBeInstanceOf(WebhookError);
    expect(await everything(sender)).toEqual(before);
  });

  test("`publishMany` refuses a list with a hole", async () => {
    const { sender } = await sceneOf();
    expect(await rejection(untyped(sender, "publishMany")(Array(1)))).toMatchObject({ field: "events[0]" });
  });

  test("a type is a text, not what can be made one", async () => {
    const { sender } = await sceneOf();
    const error = await rejection(untyped(sender, "publish")(["order.created"], order));
    expect(error).toMatchObject({ code: "event_type_unknown", field: "type" });
  });

  test.each(hostileBut("an object", "an object of something else", "what cannot be text", "a symbol"))(
    "`transaction` refuses %s",
    async (_, transaction) => {
      const path = databaseFile();
      for (const store of [memoryStore(), sqliteStore({ path })]) {
        const sender = makeSender({ store, secretKeys: SECRET_KEYS });
        await rejection(sender.publish("order.created", order, { transaction }));
        expect((await sender.deliveries.list()).logs).toEqual([]);
      }
    },
  );
});

describe("a name that nobody knows", () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ["webhooks.list", { acountId: "acct_42" }, "acountId", "accountId"],
    ["webhooks.update", { changes: {}, revison: 3 }, "revison", "revision"],
    ["webhooks.rotateSecret", { overlap: 0 }, "overlap", "overlapMs"],
    ["webhooks.logs", { state: "failed" }, "state", "status"],
    ["webhooks.test", { eventTyp: "order.created" }, "eventTyp", "eventType"],
    ["webhooks.stats", { sinc: "2026-01-01T00:00:00Z" }, "sinc", "since"],
    ["deliveries.list", { evenId: "evt_1" }, "evenId", "eventId"],
    ["deliveries.cancel", { evenId: "evt_1" }, "evenId", "eventId"],
    ["runOnce", { key: "a", fingerprin: "b" }, "fingerprin", "fingerprint"],
    ["eraseAccount", { acountId: "acct_42" }, "acountId", "accountId"],
    ["stop", { timeout: 5 }, "timeout", "timeoutMs"],
  ])("is refused by `%s`: %j would do more or less than was meant", async (method, given, field, nearest) => {
    const { sender, webhookId } = await sceneOf();
    const before = await everything(sender);
    const key = method === "deliveries.cancel" || /^webhooks\.(?!list)/.test(method) ? { webhookId } : {};
    const error = await rejection(untyped(sender, method)({ ...key, ...given }));
    expect(error).toMatchObject({ code: "option_invalid", field });
    expect(error.message).toContain(`did you mean \`${nearest}\`?`);
    expect(await everything(sender)).toEqual(before);
  });
});

test.each([{}, { accountId: undefined }, { accountId: null }, { accountId: 5 }])(
  "`eraseAccount` erases no account by an oversight: %j",
  async (given) => {
    const { sender } = await sceneOf();
    const before = await everything(sender);
    expect(await rejection(untyped(sender, "eraseAccount")(given))).toMatchObject({ code: "account_id_invalid" });
    expect(await everything(sender)).toEqual(before);
  },
);

test.each(hostileBut("a function"))(
  "`runOnce` runs nothing where it is given %s, and keeps the key free",
  async (_, run) => {
    const { sender } = await sceneOf();
    const request = { key: "a", fingerprint: "b" };
    expect(await rejection(untyped(sender, "runOnce")(request, run))).toMatchObject({
      code: "option_invalid",
      field: "run",
    });
    expect(await sender.runOnce(request, () => Promise.resolve({ answer: 1 }))).toEqual({ answer: 1, replayed: false });
  },
);

describe("a field of an argument", () => {
  const cases = (
    [
      ["webhooks.list", "accountId", ["a text"]],
      ["webhooks.list", "limit", ["5"]],
      ["webhooks.list", "cursor", []],
      ["deliveries.list", "accountId", ["a text"]],
      ["deliveries.list", "webhookId", ["a text"]],
      ["deliveries.list", "eventId", ["a text"]],
      ["deliveries.list", "eventType", ["a text"]],
      ["deliveries.list", "status", []],
      ["deliveries.list", "since", []],
      ["deliveries.list", "until", []],
      ["deliveries.list", "limit", ["5"]],
      ["deliveries.list", "cursor", []],
      ["webhooks.get", "webhookId", []],
      ["webhooks.update", "revision", ["5"]],
      ["webhooks.update", "changes", [...objects, "an object of something else"]],
      ["webhooks.rotateSecret", "overlapMs", ["5"]],
      ["webhooks.rotateSecret", "secret", []],
      ["webhooks.logs", "eventId", ["a text"]],
      ["webhooks.stats", "since", []],
      ["deliveries.get", "eventId", []],
      ["deliveries.resend", "eventId", []],
      ["deliveries.recover", "since", []],
      ["deliveries.cancel", "eventId", []],
      ["deliveries.recovery", "recoveryId", []],
      ["explain", "eventId", []],
      ["stop", "timeoutMs", ["5"]],
    ] as const satisfies readonly (readonly [string, string, readonly HostileName[]])[]
  ).flatMap(([method, field, fitting]) =>
    hostileBut(...fitting).map(([value, given]) => [method, field, value, given] as const),
  );
  test.each(cases)("`%s` refuses as `%s` %s", async (method, field, _, value) => {
    const { sender, webhookId } = await sceneOf();
    const before = await everything(sender);
    const key = /^(webhooks|deliveries)\.(?!list)/.test(method) ? { webhookId } : {};
    const changes = method === "webhooks.update" ? { changes: {} } : {};
    const error = await rejection(untyped(sender, method)({ ...changes, ...key, [field]: value }));
    expect(error.field).toMatch(new RegExp(`^${field}`));
    expect(await everything(sender)).toEqual(before);
  });

  test.each(["", "x".repeat(201), "a\0b", "\ud800"])("`deliveries.list` refuses as an id %j", async (text) => {
    const { sender } = await sceneOf();
    for (const field of ["webhookId", "eventId", "eventType"]) {
      expect(await rejection(sender.deliveries.list({ [field]: text }))).toMatchObject({
        code: "option_invalid",
        field,
      });
    }
  });

  test.each([0.5, Infinity, 86_400_001])("`stop` refuses as `timeoutMs` %d", async (timeoutMs) => {
    expect(await rejection(makeSender().stop({ timeoutMs }))).toMatchObject({
      code: "option_invalid",
      field: "timeoutMs",
    });
  });
});

describe("a listener", () => {
  const methods = (): readonly ((name: unknown, listener?: unknown) => unknown)[] => {
    const sender = makeSender();
    return [sender.on.bind(sender) as never, sender.off.bind(sender) as never];
  };

  test.each(["nope", "delivery.success", "constructor", "__proto__"])("of `%s` is refused", (name) => {
    for (const method of methods()) {
      const error = thrownBy(() => method(name, () => undefined));
      expect(error).toMatchObject({ code: "option_invalid", field: "name" });
    }
  });

  test("of a misspelt name is told the nearest", () => {
    const misspelt = "delivery.suceeded" as "delivery.succeeded";
    expect(thrownBy(() => makeSender().on(misspelt, () => undefined)).message).toContain(
      "did you mean `delivery.succeeded`?",
    );
  });

  test.each([[undefined], ...hostileBut("a function").map(([, given]) => [given])])("is not %o", (given) => {
    for (const method of methods()) {
      const error = thrownBy(() => method("error", given));
      expect(error).toMatchObject({ code: "option_invalid", field: "listener" });
    }
  });

  test("that is none takes no others away", async () => {
    const sender = makeSender();
    const told = heard(sender, "delivery.cancelled");
    thrownBy(() => (sender.off as (name: string) => unknown)("delivery.cancelled"));
    const { id: webhookId } = await sender.webhooks.create(toOne);
    await sender.publish("order.created", order);
    await sender.webhooks.delete({ webhookId });
    expect(told).toHaveLength(1);
  });
});

test("a clock of fractions is as good as any", async () => {
  for (const store of [memoryStore(), sqliteStore({ path: databaseFile() })]) {
    const clock = simulatedClock(1_795_556_560_720.353);
    const sender = makeSender({ clock, store, secretKeys: SECRET_KEYS });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push((await sender.webhooks.create(toOne)).id);
      await clock.advance(1.5);
    }
    const first = await sender.webhooks.list({ limit: 1 });
    const second = await sender.webhooks.list({ limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.webhooks, ...second.webhooks].map(({ id }) => id)).toEqual(ids);
    await sender.webhooks.delete({ webhookId: ids[0] ?? "" });
    const again = await sender.webhooks.list({ cursor: first.nextCursor ?? "" });
    expect(again.webhooks.map(({ id }) => id)).toEqual(ids.slice(1));
    const { event } = await sender.publish("order.created", order);
    const [row] = (await sender.deliveries.list()).logs;
    expect(row?.eventId).toBe(event.id);
  }
});
