import { describe, expect, test } from "vitest";
import { createClient, type Client } from "@auraconnect/webhooks/client";
import { explanation } from "../../src/management/schemas.js";
import { managementApi, managementHosts, PREFIX } from "../support/management-scene.js";
import { endpoint, heard, sample, startSender } from "../support/sender-scene.js";
import { page } from "./page.js";

/** The pages that answer the documentation's troubleshooting questions, one each. */
const PAGES = ["no-events.md", "signature-fails.md", "time-outs.md", "duplicate-events.md"];

type Run = (
  client: Client,
  webhookId: string,
  eventId: string,
  console: { log: (...told: unknown[]) => void },
) => unknown;

const { constructor: AsyncFunction } = (async () => Promise.resolve()) as unknown as {
  readonly constructor: new (...source: readonly string[]) => Run;
};

/** The calls of a page as they are printed, in their order. */
function callsOf(name: string): readonly string[] {
  const blocks = [...page(name).matchAll(/^(?: *)```ts\n([^]*?)^ *```$/gm)];
  return blocks.map(([, code = ""]) => code);
}

describe.each(PAGES)("the calls of %s", (name) => {
  test("work as they are printed, and tell what they are asked for", async () => {
    const { url } = await endpoint(() => 500);
    const sender = await startSender({ retrySchedule: [] });
    const [host] = managementHosts;
    const baseUrl = (await host!.serve(managementApi(sender))) + PREFIX;
    const client = createClient({ baseUrl, accessToken: "token-of-one" });
    const failed = heard(sender, "delivery.failed");
    const { id: webhookId } = await client.webhooks.create({ url, events: ["order.*"] });
    const { event } = await sender.publish("order.created", sample("order.created"), { accountId: "account-1" });
    await expect.poll(() => failed.length).toBe(1);

    const calls = callsOf(name);
    expect(calls.length).toBeGreaterThan(0);
    for (const code of calls) {
      const told: unknown[] = [];
      const run = new AsyncFunction("client", "webhookId", "eventId", "console", code);
      await run(client, webhookId, event.id, { log: (...values) => void told.push(...values) });
      const tells = code.includes("console.log");
      expect(
        told.some((value) => value !== undefined && value !== null),
        code,
      ).toBe(tells);
      // What was sent again in one call has ended before the next.
      await expect
        .poll(async () => (await client.deliveries.get({ webhook_id: webhookId, event_id: event.id })).status)
        .toBe("failed");
    }
  });
});

test("no-events.md names every verdict that an explanation can have", () => {
  const named = page("no-events.md").match(/`[a-z_]+`/g) ?? [];
  for (const verdict of explanation.shape.webhooks.element.shape.verdict.options) {
    expect(named).toContain(`\`${verdict}\``);
  }
});
