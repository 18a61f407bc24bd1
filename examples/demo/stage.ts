import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuraConnectCatalog, Sender } from "@auraconnect/webhooks";
import type { NewWebhook, Webhook } from "@auraconnect/webhooks/sender";
import { Consumer, type ConsumerApp } from "./consumer.js";
import { createDemoSender } from "./demo-sender.js";
import { Tally } from "./tally.js";

/** What the scenes share: one sender, its file, the consumers, and the counts. */
export interface Stage {
  /** A folder for this run, removed when the process ends. */
  readonly folder: string;
  readonly databasePath: string;
  readonly secretKey: string;
  readonly sender: Sender<AuraConnectCatalog>;
  readonly tally: Tally;
  /** What the sender could not do in the background. Nothing, it is hoped. */
  readonly backgroundErrors: readonly Error[];
  /** Opens a consumer app and registers its webhook. */
  register(app: ConsumerApp, webhook: Omit<NewWebhook<AuraConnectCatalog>, "url">): Promise<Registered>;
  close(): Promise<void>;
}

/** A consumer app with its webhook. */
export interface Registered {
  readonly consumer: Consumer;
  /** As `create` answered it. */
  readonly webhook: Webhook;
  readonly secret: string;
}

/** @throws {@link WebhookError} `driver_missing` where SQLite cannot be had. */
export async function openStage(): Promise<Stage> {
  const folder = makeFolder();
  const databasePath = join(folder, "webhooks.db");
  const secretKey = randomBytes(32).toString("base64");
  const sender = createDemoSender({ databasePath, secretKey });
  const consumers: Consumer[] = [];
  const backgroundErrors: Error[] = [];
  sender.on("error", ({ error }) => void backgroundErrors.push(error));
  await sender.start();

  return {
    folder,
    databasePath,
    secretKey,
    sender,
    tally: new Tally(),
    backgroundErrors,
    async register(app, webhook) {
      const consumer = await new Consumer(app).open();
      consumers.push(consumer);
      return registerConsumer(sender, consumer, webhook);
    },
    async close() {
      await sender.stop();
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}

/** Registers a webhook for a consumer, and tells it the secret. */
export async function registerConsumer(
  sender: Sender<AuraConnectCatalog>,
  consumer: Consumer,
  webhook: Omit<NewWebhook<AuraConnectCatalog>, "url">,
): Promise<Registered> {
  const created = await sender.webhooks.create({ ...webhook, url: consumer.url, description: consumer.name });
  const secret = webhook.secret ?? created.secret;
  consumer.learnSecret(created.id, secret);
  return { consumer, webhook: created, secret };
}

/** Removed at exit, so that a run that was interrupted or went wrong leaves nothing behind either. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "auraconnect-webhooks-demo-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
  return folder;
}
