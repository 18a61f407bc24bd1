import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import { sign } from "@auraconnect/webhooks/signature";

const secret = "your-webhook-secret";

describe("the documentation's own requests", () => {
  const folder = new URL("../fixtures/documentation/", import.meta.url);
  const samples = readdirSync(folder).filter((file) => file.endsWith(".json"));

  test("are eleven", () => {
    expect(samples).toHaveLength(11);
  });

  test.each(samples)("%s is handled, though it is old and only its body is signed", async (file) => {
    const body = readFileSync(new URL(file, folder));
    const { id, type } = JSON.parse(body.toString()) as { id: string; type: string };
    const handler = vi.fn();
    const receiver = createReceiver({ secret }).on("*", handler);
    const reply = await receiver.receive({
      method: "POST",
      header: {
        "X-AuraConnect-Event": type,
        "X-AuraConnect-Signature": sign(body, secret),
        "X-AuraConnect-Event-Id": id,
        "X-AuraConnect-Timestamp": "1691496000",
        "X-AuraConnect-Webhook-Id": "webhook_123",
        "Content-Type": "application/json",
      },
      body,
    });
    expect(reply).toEqual({ status: 200, headers: { "Content-Type": "application/json" }, body: '{"received":true}' });
    expect(handler).toHaveBeenCalledExactlyOnceWith(
      JSON.parse(body.toString()),
      expect.objectContaining({ webhookId: "webhook_123", attemptAt: 1_691_496_000_000, attemptAtProven: false }),
    );
  });
});
