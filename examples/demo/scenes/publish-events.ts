import {
  auraconnectEvents,
  matchSubscription,
  sampleEvent,
  type Attributes,
  type AuraConnectCatalog,
  type AuraConnectEvent,
  type EventType,
  type PublishResult,
} from "@auraconnect/webhooks";
import { bold, dim, good, odd, say, scene, table } from "../screen.js";
import type { Registered, Stage } from "../stage.js";
import { until } from "../until.js";
import type { Cast } from "./register-webhooks.js";

const SCENE = "publish";

type Result = PublishResult<AuraConnectEvent>;

/**
 * What is told beside an event, where its payload does not say which restaurant it belongs to. `order.completed` is left
 * out on purpose.
 */
const BESIDE: Readonly<Partial<Record<EventType<AuraConnectCatalog>, Attributes>>> = {
  "order.updated": { restaurant_id: 1 },
  "payment.completed": { restaurant_id: 2 },
  "payment.refunded": { restaurant_id: 1 },
};

/** Publishes all documented events once, and shows whom each one reached, and why not the others. */
export async function publishEvents(stage: Stage, cast: Cast): Promise<void> {
  scene(
    2,
    "The eleven documented events are published",
    "Under each app: the pattern that matched, · where none did, or what else kept the event away.",
  );
  const { kitchen, books, branch, loyalty } = cast;
  const apps = [kitchen, books, branch, loyalty];
  const results = await publishAll(stage, apps);
  tellUnmatched(results, cast);

  const deliveries = results.flatMap((result) => result.deliveries).length;
  say(`${deliveries} deliveries follow from it, each with its own signed request.`);
  const handled = (): number => apps.reduce((sum, { consumer }) => sum + consumer.runs.length, 0);
  await until("every delivery was handled", () => handled() >= deliveries);

  const { tally } = stage;
  tally.equal(SCENE, "events published", results.length, 11);
  tally.equal(SCENE, "deliveries to Kitchen", kitchen.consumer.runs.length, 3);
  tally.equal(SCENE, "deliveries to Books", books.consumer.runs.length, 2);
  tally.equal(SCENE, "deliveries to Branch 1", branch.consumer.runs.length, 9);
  tally.equal(SCENE, "deliveries to Loyalty, which is inactive", loyalty.consumer.runs.length, 0);
  tally.equal(SCENE, "answered as unmatched", results.flatMap(({ unmatched }) => unmatched).length, 1);
}

/** Publishes a sample of each type, and shows what became of it for each app. */
async function publishAll({ sender, tally }: Stage, apps: readonly Registered[]): Promise<readonly Result[]> {
  const rows: string[][] = [];
  const results: Result[] = [];
  let foretold = 0;
  for (const type of Object.keys(auraconnectEvents) as EventType<AuraConnectCatalog>[]) {
    const { object } = sampleEvent(auraconnectEvents, type).data;
    const attributes = BESIDE[type];
    const result = await sender.publish(type, object, { attributes });
    results.push(result);
    foretold += apps.filter((app) => foretells(app, result, attributes)).length;
    rows.push([type, restaurantOf(object, attributes), ...apps.map((app) => verdict(app, result.event, attributes))]);
  }
  table([["event", "restaurant", ...apps.map(({ consumer }) => consumer.name)], ...rows]);
  tally.equal(SCENE, "matches that agree with matchSubscription", foretold, 44);
  return results;
}

/** What an event is routed by: the scalars of its payload, and what was told beside it, which wins. */
function routed(object: object, beside: Attributes | undefined): Attributes {
  const scalars = Object.entries(object).filter(([, value]) => typeof value !== "object");
  return { ...(Object.fromEntries(scalars) as Attributes), ...beside };
}

/** Whether the rule, asked by itself, says of one webhook what `publish` did. */
function foretells({ webhook }: Registered, result: Result, beside: Attributes | undefined): boolean {
  const match = matchSubscription(webhook, result.event.type, routed(result.event.data.object, beside));
  const delivered = result.deliveries.some(({ webhookId }) => webhookId === webhook.id);
  const unmatched = result.unmatched.some(({ webhookId }) => webhookId === webhook.id);
  return (
    delivered === (webhook.active && match.kind === "matched") &&
    unmatched === (webhook.active && match.kind === "attribute_missing")
  );
}

function verdict({ webhook }: Registered, event: AuraConnectEvent, beside: Attributes | undefined): string {
  const match = matchSubscription(webhook, event.type, routed(event.data.object, beside));
  switch (match.kind) {
    case "matched":
      return webhook.active ? good(`✓ ${match.pattern}`) : dim("inactive");
    case "not_subscribed":
      return dim("·");
    case "filtered":
      return odd(`≠ ${match.key}`);
    case "attribute_missing":
      return odd(`no ${match.key}`);
  }
}

function restaurantOf(object: object, beside: Attributes | undefined): string {
  if (beside?.["restaurant_id"] !== undefined) return `${String(beside["restaurant_id"])} ${dim("given")}`;
  return "restaurant_id" in object ? String(object.restaurant_id) : odd("unknown");
}

function tellUnmatched(results: readonly Result[], { branch }: Cast): void {
  say();
  for (const { event, unmatched } of results) {
    for (const { webhookId, key } of unmatched) {
      const app = webhookId === branch.webhook.id ? branch.consumer.name : webhookId;
      say(`${bold(event.type)} was not dropped in silence: publish answered ${odd(`unmatched: ${app}, ${key}`)}`);
    }
  }
}
