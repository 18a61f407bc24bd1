/**
 * What a claim of 100 costs in a store that holds a million due deliveries: of a webhook that may not be taken from, or
 * of 5,000 webhooks at once; beside what it costs where only a thousand other rows are there.
 *
 *     npm run bench:claims -- --store sqlite --rows 1000000
 */
import { parseArgs } from "node:util";
import type { SenderStore } from "@auraconnect/webhooks/sender";
import { benchStores, type BenchStore } from "./stores.js";
import { Backlog } from "./backlog.js";
import { median } from "./median.js";

/** The port's own limit is the sender's; this is what one claim of a busy process takes. */
const CLAIM = 100;
const OTHERS = 1_000;
const ROUNDS = 20;
/** What a claim may cost beside a backlog, of what it costs without one. */
const BOUND = 2;

const { values } = parseArgs({
  options: {
    store: { type: "string", multiple: true, default: Object.keys(benchStores) },
    rows: { type: "string", default: "1000000" },
    webhooks: { type: "string", default: "5000" },
  },
});
const rows = Number(values.rows);
const webhooks = Number(values.webhooks);

/** Milliseconds of each claim of {@link CLAIM}, and of the settling of what it took. */
interface Pace {
  readonly claimMs: number;
  readonly settleMs: number;
}

/** Claims and settles everything but what is `full`, round by round, each round on a thousand fresh rows. */
async function paceBeside(backlog: Backlog, full: readonly string[]): Promise<Pace> {
  const claims: number[] = [];
  const settles: number[] = [];
  const capacity = new Map(full.map((webhookId) => [webhookId, 0]));
  for (let round = 0; round < ROUNDS; round += 1) {
    await backlog.publish(["other"], OTHERS);
    for (let claimed = 0; claimed < OTHERS; claimed += CLAIM) {
      const { lease, taken, tookMs } = await backlog.claim(CLAIM, capacity);
      if (taken.length !== CLAIM) throw new Error(`A claim took ${taken.length} of ${CLAIM}.`);
      claims.push(tookMs);
      settles.push(await backlog.settle(taken, lease));
    }
  }
  return { claimMs: median(claims), settleMs: median(settles) };
}

/** The same where thousands of webhooks have due work, and nothing is held back. */
async function paceAmong(backlog: Backlog): Promise<Pace> {
  const claims: number[] = [];
  const settles: number[] = [];
  for (let round = 0; round < ROUNDS * (OTHERS / CLAIM); round += 1) {
    const { lease, taken, tookMs } = await backlog.claim(CLAIM, new Map());
    if (taken.length !== CLAIM) throw new Error(`A claim took ${taken.length} of ${CLAIM}.`);
    claims.push(tookMs);
    settles.push(await backlog.settle(taken, lease));
  }
  return { claimMs: median(claims), settleMs: median(settles) };
}

async function inStore<Result>(open: () => Promise<BenchStore>, run: (store: SenderStore) => Promise<Result>) {
  const { store, remove } = await open();
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  await store.open({ logger });
  try {
    return await run(store);
  } finally {
    await store.close();
    await remove();
  }
}

function nothing(): void {
  // A benchmark tells what it measured, and no more.
}

async function measure(name: string, open: () => Promise<BenchStore>): Promise<boolean> {
  console.log(
    `\n${name}, ${rows.toLocaleString("en")} due deliveries; milliseconds, median of ${(ROUNDS * OTHERS) / CLAIM}`,
  );
  const alone = await inStore(open, async (store) => paceBeside(await Backlog.begin(store, ["other"]), []));
  report("nothing else is due", alone, alone);
  const beside = await inStore(open, async (store) => {
    const backlog = await Backlog.begin(store, ["other", "full"]);
    await backlog.publish(["full"], rows);
    return paceBeside(backlog, ["full"]);
  });
  report("one webhook holds them all and is skipped", beside, alone);
  const among = await inStore(open, async (store) => {
    const ids = Array.from({ length: webhooks }, (_, index) => `webhook-${index}`);
    const backlog = await Backlog.begin(store, ids);
    await backlog.publish(ids, rows);
    return paceAmong(backlog);
  });
  report(`${webhooks.toLocaleString("en")} webhooks hold them`, among, alone);
  return [beside, among].every(({ claimMs }) => claimMs < BOUND * alone.claimMs);
}

function report(situation: string, { claimMs, settleMs }: Pace, alone: Pace): void {
  const times = (claimMs / alone.claimMs).toFixed(2);
  console.log(
    `  ${situation.padEnd(44)} claim of ${CLAIM} ${claimMs.toFixed(2).padStart(7)} (${times} ×)   settle ${settleMs.toFixed(2).padStart(7)}`,
  );
}

let isWithin = true;
for (const name of values.store) {
  const open = benchStores[name];
  if (open === undefined) throw new Error(`--store is one of ${Object.keys(benchStores).join(", ")}, not ${name}.`);
  if (!(await measure(name, open))) isWithin = false;
}
console.log(
  isWithin
    ? `\n✓ No claim costs ${BOUND} times as much beside a backlog.`
    : `\n✗ A claim costs ${BOUND} times as much or more.`,
);
process.exitCode = isWithin ? 0 : 1;
