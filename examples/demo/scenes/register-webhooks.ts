import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dim, good, say, scene, table } from "../screen.js";
import type { Registered, Stage } from "../stage.js";

const SCENE = "register";

/** Who listens to the restaurant's events. */
export interface Cast {
  readonly kitchen: Registered;
  readonly books: Registered;
  readonly branch: Registered;
  readonly loyalty: Registered;
  /** What the kitchen's and the books' typed handlers read out of their events. */
  readonly notes: readonly string[];
}

/** Four consumer apps register: a group of types, single types, one restaurant only, and one that is switched off. */
export async function registerWebhooks(stage: Stage): Promise<Cast> {
  scene(1, "Four apps register webhooks", "Each says what it wants: a group, single types, one restaurant only.");
  const cast = await register(stage);
  const all = [cast.kitchen, cast.books, cast.branch, cast.loyalty];
  table([
    ["app", "url", "events", "filters", "active"],
    ...all.map(({ consumer, webhook: { url, events, filters, active } }) => [
      consumer.name,
      url,
      events.join(" "),
      filters === null ? dim("none") : JSON.stringify(filters).replaceAll(/["{}]/g, "").replaceAll(":", ": "),
      active ? good("yes") : dim("no"),
    ]),
  ]);
  await showSecrets(stage, all);
  return cast;
}

async function register(stage: Stage): Promise<Cast> {
  const notes: string[] = [];
  const kitchen = await stage.register(
    {
      name: "Kitchen",
      handlers: (receiver) =>
        receiver
          .on("order.created", ({ data: { object: order } }) => {
            notes.push(
              `order.created      ${order.order_number}: ${order.items.length} item for ${order.total_amount}`,
            );
          })
          .on("order.updated", ({ data: { object: order } }) => {
            notes.push(`order.updated      ${order.order_number}: ${order.previous_status ?? "?"} → ${order.status}`);
          }),
    },
    { events: ["order.*"], secret: randomBytes(24).toString("base64url") },
  );
  const books = await stage.register(
    {
      name: "Books",
      handlers: (receiver) =>
        receiver.on("payment.completed", ({ data: { object: payment } }) => {
          notes.push(`payment.completed  order ${payment.order_id}: ${payment.amount} by ${payment.payment_method}`);
        }),
    },
    { events: ["payment.completed", "payment.refunded"] },
  );
  const branch = await stage.register({ name: "Branch 1" }, { events: ["*"], filters: { restaurant_id: 1 } });
  const loyalty = await stage.register({ name: "Loyalty" }, { events: ["order.completed"], active: false });
  return { kitchen, books, branch, loyalty, notes };
}

/** A secret is shown once, by the call that generated it, and is encrypted at rest. */
async function showSecrets({ sender, databasePath, tally }: Stage, all: readonly Registered[]): Promise<void> {
  const { webhooks } = await sender.webhooks.list();
  const masked = webhooks.filter(({ secret }) => secret === "webhook_secret_***").length;
  const generated = all.filter(({ webhook }) => webhook.secret.startsWith("whsec_")).length;
  const files = [databasePath, `${databasePath}-wal`].filter((path) => existsSync(path));
  const bytes = Buffer.concat(files.map((path) => readFileSync(path)));
  const readable = all.filter(({ secret }) => bytes.includes(secret)).length;

  say();
  say(`Secrets    one given by its app, ${generated} generated and shown once, as ${dim("whsec_…")}`);
  say(
    `           from now on ${masked} of 4 read ${dim("webhook_secret_***")}, and ${readable} can be found in the SQLite file`,
  );
  tally.equal(SCENE, "webhooks registered", webhooks.length, 4);
  tally.equal(SCENE, "secrets generated", generated, 3);
  tally.equal(SCENE, "secrets masked when listed", masked, 4);
  tally.equal(SCENE, "secrets readable in the SQLite file", readable, 0);
}
