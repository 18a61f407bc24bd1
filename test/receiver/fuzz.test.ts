import { expect, test, vi } from "vitest";
import { createReceiver, WebhookError, type Receiver } from "@auraconnect/webhooks/receiver";
import { mutatedRequests } from "./mutated-requests.js";

/** `npm run fuzz` asks for a million. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 20_000);
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const BATCH = 500;

test(
  `of ${REQUESTS} mutated requests none is accepted, and none throws but a WebhookError`,
  { timeout: 600_000 },
  async () => {
    const receivers = new Map<string, Receiver>();
    const handler = vi.fn();
    const receiverFor = (secret: string): Receiver => {
      const known = receivers.get(secret);
      if (known !== undefined) return known;
      const receiver = createReceiver({ secret }).on("*", handler);
      // Most secrets are mutations and come once.
      if (receivers.size < 100) receivers.set(secret, receiver);
      return receiver;
    };

    const codes = new Map<string, number>();
    let count = 0;
    for (const { secret, headers, body, mutation } of mutatedRequests(SEED)) {
      if ((count += 1) > REQUESTS) break;
      const failure = await refusal(() => receiverFor(secret).verify({ header: headers, body }));
      const code = WebhookError.is(failure)
        ? failure.code
        : `seed ${SEED}, request ${count}: ${String(failure)} ${mutation}`;
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (count % BATCH === 0) await new Promise(setImmediate);
    }
    expect([...codes.keys()].sort()).toEqual(["secret_invalid", "signature_invalid"]);
    expect(handler).not.toHaveBeenCalled();
  },
);

/** What a request was refused with. A secret is refused when its receiver is made. */
async function refusal(verify: () => Promise<unknown>): Promise<unknown> {
  try {
    await verify();
    return "accepted";
  } catch (error) {
    return error;
  }
}
