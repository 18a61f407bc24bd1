import type { EventCatalog, EventOf } from "../protocol/event-catalog.js";
import { readAccountId } from "./account-id.js";
import { AttemptMaker } from "./attempt.js";
import { countOutcomes } from "./count-outcomes.js";
import { DeliveryDesk } from "./delivery-desk.js";
import { Dispatcher } from "./dispatcher.js";
import { draftEvent, type DraftEvent, type PublishOptions } from "./draft-event.js";
import { eraseAccount } from "./erase-account.js";
import { explainEvent } from "./explain.js";
import { guardedSender } from "./guarded-sender.js";
import { guardedTelemetry } from "./guarded-telemetry.js";
import { HealthWatch } from "./health-watch.js";
import { createIdSource } from "./ids.js";
import { Lifecycle } from "./lifecycle.js";
import { runOnce } from "./run-once.js";
import { resolveSenderOptions, type SenderDefaults, type SenderOptions } from "./options.js";
import { Publisher } from "./publisher.js";
import { PurgeLoop } from "./purge-loop.js";
import { RateGate } from "./rate-gate.js";
import { accountRules, throttleRules } from "./rate-rules.js";
import { Recoveries } from "./recoveries.js";
import { RequestMaker } from "./request-maker.js";
import { rotateKeys } from "./rotate-keys.js";
import { RegistryCache } from "./registry-cache.js";
import { createSecretVault } from "./secret-vault.js";
import { SenderEmitter } from "./sender-events.js";
import type { PublishResult, Sender } from "./sender.js";
import { Settlements } from "./settlements.js";
import { StoreUse } from "./store-use.js";
import { tracedWrite, type WriteEvents } from "./trace-publishing.js";
import { WebhookRegistrar } from "./webhook-registrar.js";

/** Puts a sender together. `createSender` is this with the outside world filled in, which this ring may not choose. */
export function assembleSender<Catalog extends EventCatalog>(
  givenOptions: SenderOptions<Catalog>,
  defaults: SenderDefaults,
): Sender<Catalog> {
  const options = resolveSenderOptions(givenOptions, defaults);
  const { store, events: catalog, logger, clock, addressPolicy, transport } = options;
  const emitter = new SenderEmitter(logger);
  const fail = (error: unknown): void => {
    emitter.fail(error);
  };
  const telemetry = options.telemetry === null ? null : guardedTelemetry(options.telemetry, fail);
  if (telemetry !== null) countOutcomes(emitter, telemetry);
  const wake = (delayMs?: number): void => {
    dispatcher.wake(delayMs);
  };
  const use = new StoreUse(store, { logger, now: givenOptions.clock && (() => clock.now()) });
  const open = (): Promise<void> => use.open();
  const ids = createIdSource(clock);
  const vault = createSecretVault(options.secretKeys, options.plaintextSecrets || !store.durable);
  const cache = new RegistryCache(store.webhooks, clock);
  const permits = { window: store.rate, clock, wake, fail };
  const gate = new RateGate({
    ...permits,
    ...accountRules(options.limitOf),
    onDeferred(accountId, retryInMs) {
      emitter.emit("rate.deferred", { accountId, until: new Date(clock.now() + retryInMs).toISOString() });
    },
  });
  const throttles = new RateGate({ ...permits, ...throttleRules });
  const requests = new RequestMaker({ ...options, vault, transport });
  const webhooks = new WebhookRegistrar<Catalog>({
    ...options,
    ...{ registry: store.webhooks, queue: store.queue, log: store.log, health: store.health, catalog },
    rules: { eventTypes: Object.keys(catalog), addressPolicy },
    ...{ cache, vault, clock, emitter, ids, gate, requests, telemetry, open, wake },
  });
  const health = new HealthWatch({
    health: store.health,
    clock,
    disableAfter: options.disableAfter,
    disable: (webhook, reason) => webhooks.disable(webhook, reason),
    fail,
  });
  const attempts = new AttemptMaker({ ...options, cache, requests, gate, throttles, telemetry, clock, fail });
  const settlements = new Settlements(store.queue, clock, fail);
  const dispatcher = new Dispatcher({
    ...options,
    queue: store.queue,
    listen: store.listen?.bind(store),
    ...{ clock, cache, attempts, settlements, gate, throttles, health, emitter },
  });
  const publisher = new Publisher({ queue: store.queue, cache, dispatcher, ids, emitter, clock, open });
  const onDue = (webhookId: string): void => {
    dispatcher.written(webhookId);
  };
  const recoveries = new Recoveries({
    ...{ notes: store.notes, log: store.log, queue: store.queue },
    ...{ cache, clock, onDue, fail },
  });
  const deliveries = new DeliveryDesk({
    ...{ log: store.log, queue: store.queue, clock, emitter, recoveries, open, onDue },
    findWebhook: (key) => webhooks.find(key),
  });
  const purge = new PurgeLoop({ retention: store.retention, clock, ageMs: options.keepMs, fail });
  const stats = async () => ({ ...dispatcher.load(), store: await store.queue.depth() });
  let stopWatching: (() => void) | undefined;
  const lifecycle = new Lifecycle({
    async begin() {
      vault.assertUsable();
      await open();
      await dispatcher.start();
      purge.start();
      recoveries.start();
      stopWatching = telemetry?.watch(stats);
    },
    async end(timeoutMs) {
      stopWatching?.();
      await dispatcher.retire();
      await publisher.batchWritten();
      await Promise.all([dispatcher.stop(timeoutMs), purge.stop(), recoveries.stop()]);
      await Promise.all([gate.close(), throttles.close()]);
    },
    async close() {
      await publisher.batchWritten();
      const closing = transport.close();
      // An attempt that outlasted the deadline ends with its own time-out; nobody waits for it.
      if (dispatcher.inFlight === 0) await closing;
      await use.close();
    },
  });

  const draft = (type: string, object: unknown, given: PublishOptions): DraftEvent =>
    draftEvent(catalog, type, object, given, { id: () => ids.next("evt_"), nowMs: clock.now() });
  const writeEvents: WriteEvents = (drafts, { transaction }) =>
    transaction === undefined
      ? Promise.all(drafts.map((event) => publisher.publish(event)))
      : publisher.publishIn(transaction, drafts);
  const write = tracedWrite(writeEvents, telemetry);

  return guardedSender<Catalog>({
    events: catalog,
    webhooks,
    deliveries,
    async publish(type, object, given = {}) {
      const [published] = await write([draft(type, object, given)], given);
      return published as PublishResult<EventOf<Catalog, typeof type>>;
    },
    async publishMany(events, given = {}) {
      const drafts = events.map(({ type, object, ...beside }) => draft(type, object, beside));
      return await write(drafts, given);
    },
    async explain({ accountId, eventId }) {
      const key = { accountId: readAccountId(accountId), eventId };
      await open();
      return explainEvent({ log: store.log, cache, gate, throttles, clock }, key);
    },
    async stats() {
      await open();
      return stats();
    },
    async runOnce(request, run) {
      await open();
      return runOnce({ notes: store.notes, clock }, request, run);
    },
    async eraseAccount({ accountId }) {
      const id = readAccountId(accountId);
      await open();
      const list = webhooks.list.bind(webhooks);
      return eraseAccount({ list, remove: (key) => webhooks.delete(key), retention: store.retention }, id);
    },
    async rotateKeys() {
      await open();
      return rotateKeys(store.webhooks, vault, clock);
    },
    start: () => lifecycle.start(),
    stop: ({ timeoutMs = options.attemptTimeoutMs + 1_000 } = {}) => lifecycle.stop(timeoutMs),
    on(name, listener) {
      emitter.on(name, listener);
      return this;
    },
    off(name, listener) {
      emitter.off(name, listener);
      return this;
    },
  });
}
