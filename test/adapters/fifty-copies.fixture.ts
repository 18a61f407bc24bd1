/**
 * One of several processes that get copies of the same event: says how many times its handler ran, as JSON. The module
 * that opens the idempotency store is named on the command line, with what to open.
 */
import { createReceiver, type IdempotencyStore } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "@auraconnect/webhooks/testing";

interface OpenStore {
  readonly store: IdempotencyStore;
  readonly close: () => Promise<void>;
}

const [opener = "", where = "", copies = "0"] = process.argv.slice(2);
const secret = "your-webhook-secret";
const { open } = (await import(opener)) as { readonly open: (where: string) => Promise<OpenStore> };
const { store, close } = await open(where);

let runs = 0;
const receiver = createReceiver({ secret, idempotency: store }).on("order.created", async () => {
  runs += 1;
  await new Promise((resolve) => setTimeout(resolve, 20));
});
const { method, headers, body } = signedRequest({ type: "order.created", secret, id: "evt_1" });

process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));
const statuses = await Promise.all(
  Array.from(
    { length: Number(copies) },
    async () => (await receiver.receive({ method, header: headers, body })).status,
  ),
);
await close();
process.stdout.write(`${JSON.stringify({ runs, statuses })}\n`);
process.exit(0);
