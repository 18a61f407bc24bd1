import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import {
  auraconnectEvents,
  createSender,
  type AuraConnectCatalog,
  type EventCatalog,
  type EventPayload,
  type EventType,
  type Sender,
  type SenderEventName,
  type SenderEvents,
  type SenderOptions,
} from "@auraconnect/webhooks/sender";
import { sampleEvent } from "@auraconnect/webhooks";
import type { SimulatedClock } from "@auraconnect/webhooks/testing";
import { startEndpoint, type Answer, type Endpoint, type SeenRequest } from "./endpoint.js";

/** Opens loopback, which is closed by default. */
export const LOOPBACK = { allowHttp: true, allowNetworks: ["127.0.0.0/8"] };

/** A secret that a caller chose. */
export const SECRET = "a-secret-of-the-caller";

/** A key ring of one. */
export const SECRET_KEYS = [{ id: "2026-01", key: new Uint8Array(32).fill(7) }];

/** A sender that may reach loopback, on a memory store unless told otherwise. Stopped when the present test has ended. */
export function makeSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: Partial<SenderOptions<Catalog>> = {},
): Sender<Catalog> {
  const sender = createSender<Catalog>({
    store: memoryStore(),
    addressPolicy: LOOPBACK,
    random: () => 0,
    ...options,
  });
  onTestFinished(async () => {
    const progress = { isStopped: false };
    const stopped = sender.stop({ timeoutMs: 0 }).finally(() => {
      progress.isStopped = true;
    });
    // The deadline of a stop is told by the sender's clock too, and begins when a store has answered.
    const clock = options.clock !== undefined && "advance" in options.clock ? (options.clock as SimulatedClock) : null;
    while (clock !== null && !progress.isStopped) await clock.advance(1);
    await stopped;
  });
  return sender;
}

/** A sender that has started. */
export async function startSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: Partial<SenderOptions<Catalog>> = {},
): Promise<Sender<Catalog>> {
  const sender = makeSender(options);
  await sender.start();
  return sender;
}

/** A server of the present test's own. */
export async function endpoint(
  answer?: (request: SeenRequest, number: number) => Answer | Promise<Answer>,
): Promise<Endpoint> {
  const started = await startEndpoint(answer);
  onTestFinished(() => started.close());
  return started;
}

/** A path for a database of the present test's own. */
export function databaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-sender-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "webhooks.db");
}

/** The documented payload of a type. */
export function sample<Type extends EventType<AuraConnectCatalog>>(type: Type): EventPayload<AuraConnectCatalog, Type> {
  return sampleEvent(auraconnectEvents, type).data.object;
}

/** Everything that a sender tells under one name from now on. */
export function heard<Name extends SenderEventName, Catalog extends EventCatalog>(
  sender: Sender<Catalog>,
  name: Name,
): SenderEvents[Name][] {
  const events: SenderEvents[Name][] = [];
  sender.on(name, (event) => {
    events.push(event);
  });
  return events;
}
