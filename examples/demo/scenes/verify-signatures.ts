import { name, say, scene, table } from "../screen.js";
import type { Registered, Stage } from "../stage.js";
import type { Cast } from "./register-webhooks.js";

const SCENE = "verify";

/** What the consumers made of what they got: both signatures verified, typed handlers run. */
export function verifySignatures({ tally }: Stage, { kitchen, books, branch, notes }: Cast): void {
  scene(
    3,
    "The consumers verified every request",
    "Each is signed twice: as AuraConnect documents it, and under the Standard Webhooks specification.",
  );
  const apps = [kitchen, books, branch];
  table([
    ["app", "requests", "X-AuraConnect-Signature", "webhook-signature", "timestamp proven", "handled"],
    ...apps.map((app) => [
      app.consumer.name,
      ...[
        app.consumer.requests.length,
        signed(app, "auraconnect"),
        signed(app, "standard"),
        app.consumer.runs.filter(({ context }) => context.attemptAtProven).length,
        app.consumer.runs.length,
      ].map(String),
    ]),
  ]);
  say();
  say("Typed handlers read the payloads:");
  for (const note of notes) say(`  ${name(note)}`);

  tally.equal(
    SCENE,
    "requests received",
    total(apps, ({ consumer }) => consumer.requests.length),
    14,
  );
  tally.equal(
    SCENE,
    "X-AuraConnect-Signature verified",
    total(apps, (app) => signed(app, "auraconnect")),
    14,
  );
  tally.equal(
    SCENE,
    "webhook-signature verified",
    total(apps, (app) => signed(app, "standard")),
    14,
  );
  tally.equal(SCENE, "typed handlers that ran", notes.length, 3);
}

function signed({ consumer }: Registered, scheme: "auraconnect" | "standard"): number {
  return consumer.runs.filter(({ context }) => context.secretIndex[scheme] === 0).length;
}

function total(apps: readonly Registered[], count: (app: Registered) => number): number {
  return apps.reduce((sum, app) => sum + count(app), 0);
}
