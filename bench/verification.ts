/**
 * What verifying a webhook costs here, in other libraries, and by node:crypto alone, on bodies of 1 KB and 64 KB: all in
 * one run, taking turns.
 *
 *     npm run bench:receiver
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { verify as octokitVerify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { createReceiver } from "@auraconnect/webhooks/receiver";
import { sign, signStandard, verify, verifyStandard } from "@auraconnect/webhooks/signature";
import { median } from "./median.js";

const ROUNDS = 15;
const ROUND_MS = 120;
const SIZES = [1_024, 65_536];
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

/** An event whose body has exactly this many bytes. */
function bodyOf(bytes: number): string {
  const event = (pad: string) =>
    JSON.stringify({
      id: "evt_1",
      type: "table.reserved",
      created: new Date().toISOString(),
      data: { object: { pad } },
    });
  return event("x".repeat(bytes - event("").length));
}

function contendersFor(bytes: number): readonly Contender[] {
  const body = bodyOf(bytes);
  const raw = Buffer.from(body);
  const signature = sign(body, secret);
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const message = { id: "evt_1", timestamp, body: raw };
  const standard = signStandard(message, secret);
  const standardHeaders = { "webhook-id": "evt_1", "webhook-timestamp": timestamp, "webhook-signature": standard };
  const standardWebhook = new Webhook(secret);
  const stripe = new Stripe("sk_test_nothing");
  const stripeHeader = stripe.webhooks.generateTestHeaderString({ payload: body, secret });
  const receiver = createReceiver({ secret });
  const header = { "X-AuraConnect-Signature": signature };
  return [
    {
      name: "node:crypto alone",
      run: () => {
        const expected = `sha256=${createHmac("sha256", secret).update(raw).digest("hex")}`;
        return timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
      },
    },
    { name: "verify", run: () => verify(raw, signature, secret) },
    { name: "verifyStandard", run: () => verifyStandard(message, standard, secret) },
    { name: "receiver.verify: headers, signature, envelope", run: () => receiver.verify({ header, body: raw }) },
    {
      name: "the same, both schemes",
      run: () => receiver.verify({ header: { ...header, ...standardHeaders }, body: raw }),
    },
    { name: "@octokit/webhooks-methods", run: () => octokitVerify(secret, body, signature) },
    { name: "standardwebhooks (parses the JSON)", run: () => standardWebhook.verify(raw, standardHeaders) },
    {
      name: "stripe (parses the JSON)",
      run: () => stripe.webhooks.constructEvent(raw, stripeHeader, secret),
    },
  ];
}

/** How often a second. What answers a promise is awaited, as its user does. */
async function pace({ run }: Contender): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < ROUND_MS; count += 20) {
    for (let turn = 0; turn < 20; turn += 1) {
      const result = run();
      if (result instanceof Promise) await result;
      if (result === false) throw new Error("A signature that holds was refused.");
    }
  }
  return (count / (performance.now() - startedAt)) * 1_000;
}

for (const bytes of SIZES) {
  const contenders = contendersFor(bytes);
  const paces = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) paces.get(contender.name)?.push(await pace(contender));
  }
  const bare = median(paces.get("node:crypto alone") ?? []);
  console.log(`\n${bytes} bytes`.padEnd(50), "per second".padStart(12), "of node:crypto".padStart(16));
  for (const [name, measured] of paces) {
    const perSecond = median(measured);
    console.log(
      name.padEnd(49),
      Math.round(perSecond).toLocaleString("en").padStart(12),
      (perSecond / bare).toFixed(2).padStart(16),
    );
  }
}
