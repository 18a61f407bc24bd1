import fc from "fast-check";
import { expect, test } from "vitest";
import { ERRORS } from "@auraconnect/webhooks";
import { operationOf } from "../../src/management/operations.js";
import { ROUTES, type OperationName } from "../../src/management/routes.js";
import { apiCaller } from "../support/api-caller.js";
import { managementApi } from "../support/management-scene.js";
import { endpoint, makeSender, sample } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

const names = (Object.keys(ROUTES) as OperationName[]).filter((name) => !operationOf(name).open);

/** Ids that were chosen to do harm, and any others. */
const ids = fc.oneof(
  fc.constantFrom(
    "../../etc/passwd",
    "..%2f..",
    "' or 1=1; --",
    "__proto__",
    "constructor",
    "\u0000",
    "%",
    "x".repeat(3_000),
  ),
  fc.string({ minLength: 1, unit: "binary" }).filter((text) => text.isWellFormed() && text !== "." && text !== ".."),
);
const awkward = fc.oneof(
  fc.constantFrom<unknown>("\ud800", "x".repeat(30_000), -0, 1e308, null, [], {}, true, "2025-13-45T99:00:00Z", "‮"),
  fc.jsonValue({ maxDepth: 4 }),
);
const nested = fc
  .record({ depth: fc.integer({ min: 100, max: 30_000 }), field: fc.constantFrom("", "object", "filters", "events") })
  .map(({ depth, field }) => {
    const lists = "[".repeat(depth) + "]".repeat(depth);
    return field === "" ? lists : JSON.stringify({ [field]: { a: 0 } }).replace("0", lists);
  });
const protoBody = fc.constantFrom(
  '{"__proto__":{"url":"https://a.b/"}}',
  '{"constructor":{"prototype":{}}}',
  '{"url":1,"url":2}',
);

/** A body with the operation's fields, each of some type and size; or no such body at all. */
const bodies = (name: OperationName): fc.Arbitrary<string> => {
  const fields = Object.keys(operationOf(name).bodySchema?.shape ?? { nothing: 1 });
  const record = fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), awkward, { maxKeys: 6 });
  return fc.oneof(
    record.map((body) => JSON.stringify(body)),
    nested,
    protoBody,
    fc.string(),
    fc.constant(""),
  );
};

test.each(stores)(
  "bad input of every kind gets 4xx with a code, and changes nothing, on $name",
  async ({ make }) => {
    const { url, requests } = await endpoint();
    const sender = makeSender(make());
    const { call } = await apiCaller(managementApi(sender));
    const { body } = await call("webhooks.create", {}, { body: { url, events: ["payment.*"] } });
    await sender.publish("payment.completed", sample("payment.completed"), { accountId: "account-1", id: "evt" });
    const own = { webhook_id: String(body["id"]), event_id: "evt", recovery_id: "recovery_none" };
    const state = async () => [(await call("webhooks.list")).text, (await call("webhooks.logs", own)).text];
    const before = await state();

    const attempts = fc.constantFrom(...names).chain((name) =>
      fc.record({
        name: fc.constant(name),
        body: bodies(name),
        id: ids,
        headers: fc.constantFrom<Record<string, string>>({}, { "Idempotency-Key": "a key" }, { "If-Match": '"0"' }),
        query: fc.oneof(
          fc.constant(""),
          fc.string().map((text) => `?${encodeURIComponent(text)}=${encodeURIComponent(text)}`),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(attempts, async ({ name, body: sent, id, headers, query }) => {
        const { path, body: takes, bodySchema } = operationOf(name);
        const isBad = path.includes("{") || bodySchema !== null;
        const parameters = { webhook_id: id, event_id: id, recovery_id: id };
        const given = takes === "none" ? {} : { body: sent };
        const answer = await call(name, parameters, { ...given, headers, query });
        if (!isBad && answer.status === 200) return;
        expect(answer.status, `${name} ${sent} ${answer.text}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${name} ${sent} ${answer.text}`).toBeLessThan(500);
        expect(Object.keys(ERRORS)).toContain(answer.body["code"]);
        expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(/);
      }),
      { numRuns: 250 },
    );
    // The same bodies for a webhook that exists: none of them changes it.
    const updates = fc.oneof(
      nested,
      protoBody,
      fc
        .dictionary(fc.string(), awkward, { minKeys: 1, maxKeys: 4 })
        .map((given) => JSON.stringify({ ...given, zz: 1 })),
    );
    await fc.assert(
      fc.asyncProperty(updates, async (sent) => {
        const answer = await call("webhooks.update", own, { body: sent });
        expect([400, 413], `${sent} ${answer.text}`).toContain(answer.status);
      }),
      { numRuns: 50 },
    );
    expect(await state()).toEqual(before);
    expect(requests).toHaveLength(0);
  },
  60_000,
);
