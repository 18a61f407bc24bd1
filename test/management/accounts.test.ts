import { describe, expect, test } from "vitest";
import { operationOf } from "../../src/management/operations.js";
import { ROUTES, type OperationName } from "../../src/management/routes.js";
import { apiCaller } from "../support/api-caller.js";
import { managementApi } from "../support/management-scene.js";
import { endpoint, heard, sample, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";

/** What a body may be, so that a call would succeed for whoever owns what it names. */
const BODIES: Partial<Record<OperationName, (ids: Ids) => object>> = {
  "webhooks.create": ({ url }) => ({ url, events: ["*"], description: "of the thief" }),
  "webhooks.test": ({ webhook_id }) => ({ webhook_id, event_type: "order.created" }),
  "webhooks.update": () => ({ active: false }),
  "webhooks.rotateSecret": () => ({}),
  "webhooks.recover": () => ({ since: "2020-01-01T00:00:00Z" }),
};

interface Ids extends Record<string, string> {
  readonly webhook_id: string;
  readonly event_id: string;
  readonly recovery_id: string;
  readonly url: string;
}

const SECRETS_OF_THE_OWNER = "words of the owner";

describe.each(stores)("two accounts side by side on $name", ({ make }) => {
  test("no operation of one reads, lists, counts or changes anything of the other's", async () => {
    const { url, requests } = await endpoint(() => ({ status: 500, headers: {}, body: SECRETS_OF_THE_OWNER }));
    const sender = await startSender({ ...make(), retrySchedule: [], maxWebhooks: 1 });
    const failed = heard(sender, "delivery.failed");
    const { call } = await apiCaller(managementApi(sender));
    const owner = { token: "token-of-one" };
    const thief = { token: "token-of-two" };
    const input = { url, events: ["*"], description: SECRETS_OF_THE_OWNER, debug_mode: true, filters: { id: 1001 } };
    const webhook = await call("webhooks.create", {}, { ...owner, body: input });
    const webhookId = String(webhook.body["id"]);
    await sender.publish("order.created", sample("order.created"), { accountId: "account-1", id: "evt_owner" });
    await expect.poll(() => failed.length).toBe(1);
    const since = { since: "2020-01-01T00:00:00Z" };
    const recovery = await call("webhooks.recover", { webhook_id: webhookId }, { ...owner, body: since });
    await expect.poll(() => failed.length).toBe(2);
    const ids: Ids = { webhook_id: webhookId, event_id: "evt_owner", recovery_id: String(recovery.body["id"]), url };
    const everything = async () => {
      const names = ["webhooks.list", "webhooks.get", "webhooks.logs", "webhooks.stats", "deliveries.get"] as const;
      const answers = [];
      for (const name of names) answers.push((await call(name, ids, owner)).text);
      answers.push((await call("events.explain", ids, owner)).text, (await call("webhooks.recovery", ids, owner)).text);
      // Statistics say from when on they count, which is another instant for every call.
      return answers.map((text) => text.replaceAll(/"(since|failing_since)":"[^"]*",?/g, ""));
    };
    // A recovery has its end written a moment after its deliveries.
    await expect.poll(async () => (await call("webhooks.recovery", ids, owner)).body["status"]).toBe("done");
    const before = await everything();
    const sent = requests.length;

    for (const name of Object.keys(ROUTES) as OperationName[]) {
      const operation = operationOf(name);
      if (operation.open) continue;
      for (const method of operation.methods) {
        const body = BODIES[name]?.(ids);
        expect(operation.bodySchema === null || body !== undefined, `${name} has no body to try with`).toBe(true);
        const answer = await call(name, ids, { ...thief, method, ...(body === undefined ? {} : { body }) });
        const namesSomething = operation.path.includes("{") || name === "webhooks.test";
        if (namesSomething) expect(answer.status, `${name}: ${answer.text}`).toBe(404);
        for (const mark of [SECRETS_OF_THE_OWNER, "evt_owner", ids.recovery_id]) {
          // What was asked for may be repeated in the words of a refusal.
          if (answer.status !== 404) expect(answer.text).not.toContain(mark);
        }
        if (answer.status === 404) expect(answer.text).not.toContain(SECRETS_OF_THE_OWNER);
      }
    }
    // The thief's own webhook came in under a limit of one: the owner's is not counted.
    expect((await call("webhooks.list", {}, thief)).body["webhooks"]).toHaveLength(1);
    expect(await everything()).toEqual(before);
    expect(requests).toHaveLength(sent);
  });

  test("a key of one account's replays nothing to the other, and a cursor of one's is none of the other's", async () => {
    const { url } = await endpoint();
    const sender = await startSender(make());
    const { call } = await apiCaller(managementApi(sender));
    const headers = { "Idempotency-Key": "the same" };
    const body = { url, events: ["*"] };
    const one = await call("webhooks.create", {}, { token: "token-of-one", headers, body });
    const two = await call("webhooks.create", {}, { token: "token-of-two", headers, body });
    expect([one.status, two.status, two.headers.get("idempotency-replayed")]).toEqual([201, 201, null]);
    expect(two.body["id"]).not.toBe(one.body["id"]);
    for (let count = 0; count < 2; count += 1) {
      await sender.publish("order.created", sample("order.created"), { accountId: "account-1" });
    }
    const of = (id: unknown) => ({ webhook_id: String(id) });
    const page = await call("webhooks.logs", of(one.body["id"]), { query: "?limit=1" });
    const query = `?cursor=${String(page.body["next_cursor"])}`;
    const stolen = await call("webhooks.logs", of(two.body["id"]), { token: "token-of-two", query });
    expect(stolen.body["code"]).toBe("cursor_invalid");
  });
});
