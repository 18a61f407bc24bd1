import { auraconnectEvents, sampleEvent } from "@auraconnect/webhooks";
import { sign, signStandard } from "@auraconnect/webhooks/signature";
import { odd, dim, good, scene, table } from "../screen.js";
import type { Registered, Stage } from "../stage.js";
import type { Cast } from "./register-webhooks.js";

const SCENE = "forgery";
const HOUR_SECONDS = 3_600;

/** A request on its way to the kitchen, and what it has to be answered with. */
interface Try {
  readonly what: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** Null where the request is a genuine one. */
  readonly error: string | null;
}

/** Somebody who knows the URL but not the secret tries the kitchen. */
export async function refuseForgeries({ tally }: Stage, { kitchen }: Cast): Promise<void> {
  scene(6, "Forged requests are refused", "Sent to the kitchen by somebody else than the sender, at the same URL.");
  const runsBefore = kitchen.consumer.runs.length;
  const rows: string[][] = [];
  const tries = forge(kitchen);
  for (const { what, body, headers, status, error } of tries) {
    const response = await fetch(kitchen.webhook.url, { method: "POST", body, headers });
    const answer = (await response.json()) as { readonly error?: string };
    const right = response.status === status && (answer.error ?? null) === error;
    const paint = status === 200 ? good : odd;
    rows.push([
      what,
      paint(String(response.status)),
      answer.error ?? dim("none"),
      right ? good("as it should") : odd("wrong"),
    ]);
    tally.equal(SCENE, what, `${response.status} ${answer.error ?? ""}`.trim(), `${status} ${error ?? ""}`.trim());
  }
  table([["request", "status", "error", ""], ...rows]);
  tally.equal(SCENE, "times handlers ran", kitchen.consumer.runs.length - runsBefore, 1);
}

function forge({ webhook, secret }: Registered): readonly Try[] {
  const now = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ ...sampleEvent(auraconnectEvents, "order.created"), id: "evt_captured" });
  const genuine = headersOf(body, secret, now, webhook.id);
  const refused = { status: 401, error: "signature_invalid" };
  return [
    {
      what: "no signature",
      body,
      headers: { "Content-Type": "application/json" },
      status: 401,
      error: "signature_missing",
    },
    {
      what: "signed with a guessed secret",
      body,
      headers: headersOf(body, "a-guess-of-the-secret", now, webhook.id),
      ...refused,
    },
    { what: "the price changed on the way", body: body.replace("45.99", "0.99"), headers: genuine, ...refused },
    {
      what: "captured an hour ago, sent again now",
      body,
      headers: headersOf(body, secret, now - HOUR_SECONDS, webhook.id),
      status: 401,
      error: "timestamp_outside_tolerance",
    },
    {
      what: "the same, its timestamp made fresh",
      body,
      headers: { ...headersOf(body, secret, now - HOUR_SECONDS, webhook.id), "webhook-timestamp": String(now) },
      ...refused,
    },
    { what: "genuine", body, headers: genuine, status: 200, error: null },
    { what: "the genuine one again: not handled twice", body, headers: genuine, status: 200, error: null },
  ];
}

/** The headers of a webhook request, with both of its signatures. */
function headersOf(body: string, secret: string, timestamp: number, webhookId: string): Record<string, string> {
  const { id, type } = JSON.parse(body) as { readonly id: string; readonly type: string };
  return {
    "Content-Type": "application/json",
    "X-AuraConnect-Event": type,
    "X-AuraConnect-Event-Id": id,
    "X-AuraConnect-Timestamp": String(timestamp),
    "X-AuraConnect-Webhook-Id": webhookId,
    "X-AuraConnect-Signature": sign(body, secret),
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signStandard({ id, timestamp, body }, secret),
  };
}
