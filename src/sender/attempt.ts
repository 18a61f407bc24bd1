import type { RetrySchedule } from "../domain/retry-schedule.js";
import { stepAfterAttempt, stepBeforeAttempt } from "../domain/next-step.js";
import type { Clock } from "../ports/clock.js";
import type { AttemptRecord, ClaimedDelivery, NextState } from "../ports/delivery-queue.js";
import type { AttemptSpan, Telemetry } from "../ports/telemetry.js";
import type { TransportResult } from "../ports/transport.js";
import type { WebhookRecord } from "../ports/webhook-registry.js";
import type { RateGate } from "./rate-gate.js";
import type { RegistryCache } from "./registry-cache.js";
import type { RequestMaker, SignedAttempt } from "./request-maker.js";

/** How old what an attempt knows of its webhook may be, in milliseconds. */
const WEBHOOK_MAX_AGE_MS = 1_000;

/** How long a delivery rests that could not even be tried, because its secret does not open. */
const UNREADABLE_REST_MS = 60_000;

/** What came of holding a delivery: the request, if one was made, and what is next. */
export interface AttemptOutcome {
  readonly attempt: AttemptRecord | null;
  readonly next: NextState;
}

export interface AttemptContext {
  readonly cache: RegistryCache;
  readonly requests: RequestMaker;
  readonly gate: RateGate<string>;
  readonly throttles: RateGate<WebhookRecord>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retrySchedule: RetrySchedule;
  readonly telemetry: Telemetry | null;
  /** Told of what keeps a delivery from being tried. */
  readonly fail: (error: unknown) => void;
}

/** Makes attempts: one request for one delivery, judged by the rules. */
export class AttemptMaker {
  constructor(private readonly context: AttemptContext) {}

  /**
   * Rejects only with `store_unavailable`, when the webhook or a permit could not be had; then no request was made.
   *
   * @param isHeld Asked just before the request: looking things up may have taken longer than the delivery is held.
   */
  async make(delivery: ClaimedDelivery, isHeld: () => boolean): Promise<AttemptOutcome> {
    const webhook = this.#peekWebhook(delivery) ?? (await this.#readWebhook(delivery));
    if (webhook === undefined) return { attempt: null, next: { kind: "cancelled" } };
    if (!webhook.active) return { attempt: null, next: { kind: "release", delayMs: 0 } };

    const { clock } = this.context;
    const { eventCreatedAt, storedAt } = delivery;
    const attempts = delivery.attempts - delivery.scheduleOffset;
    const due = { attempts, eventCreatedAt, storedAt, activeSince: webhook.activeSince, now: clock.now() };
    if (stepBeforeAttempt(due) === "expire") return { attempt: null, next: { kind: "expired" } };

    // Back to its place in the queue: the oldest is sent first when there is room again.
    if (!this.#tryPermits(webhook) && !(await this.#takePermits(webhook))) {
      return { attempt: null, next: { kind: "release", delayMs: 0 } };
    }
    if (!isHeld()) return { attempt: null, next: { kind: "release", delayMs: 0 } };
    const signed = this.#sign(webhook, delivery);
    if (signed === null) return { attempt: null, next: { kind: "release", delayMs: UNREADABLE_REST_MS } };

    const span = this.#trace(webhook, delivery);
    const { result, attempt } = await this.context.requests.send(signed, span);
    const next = this.#judge(delivery, result);
    span?.end(result, next);
    return { attempt, next };
  }

  #trace({ url }: WebhookRecord, delivery: ClaimedDelivery): AttemptSpan | null {
    const { telemetry } = this.context;
    if (telemetry === null) return null;
    const { id, accountId, webhookId, eventId, eventType, attempts, trace = null } = delivery;
    const traced = { accountId, webhookId, url, eventId, eventType };
    return telemetry.attempting({ ...traced, delivery: { id, attempt: attempts + 1, trace } });
  }

  /** What most requests need: no throttle, and a permit that is at hand. */
  #tryPermits({ accountId, throttle }: WebhookRecord): boolean {
    return (throttle ?? null) === null && this.context.gate.tryTake(accountId);
  }

  /** One of the webhook's and one of its account's, or none. */
  async #takePermits(webhook: WebhookRecord): Promise<boolean> {
    const { gate, throttles } = this.context;
    if (gate.isDeferred(webhook.accountId)) return false;
    const permit = await throttles.take(webhook);
    if (permit === null) return false;
    if ((await gate.take(webhook.accountId)) !== null) return true;
    await throttles.putBack(permit);
    return false;
  }

  #peekWebhook({ accountId, webhookId }: ClaimedDelivery): WebhookRecord | undefined {
    const webhook = this.context.cache.peek(accountId, WEBHOOK_MAX_AGE_MS)?.byId.get(webhookId);
    return webhook?.active === true ? webhook : undefined;
  }

  /**
   * Only the store itself may say that a webhook is gone or inactive: what is known may be older than the webhook, and
   * a delivery given back to a lane that is active by now would be claimed again at once.
   */
  async #readWebhook({ accountId, webhookId }: ClaimedDelivery): Promise<WebhookRecord | undefined> {
    return (await this.context.cache.refresh(accountId)).byId.get(webhookId);
  }

  #sign(webhook: WebhookRecord, delivery: ClaimedDelivery): SignedAttempt | null {
    try {
      return this.context.requests.sign(webhook, delivery, delivery.attempts + 1, this.context.clock.now());
    } catch (error) {
      this.context.fail(error);
      return null;
    }
  }

  #judge(delivery: ClaimedDelivery, result: TransportResult): NextState {
    const { clock, random, retrySchedule } = this.context;
    return stepAfterAttempt({
      result,
      schedule: retrySchedule,
      attempts: delivery.attempts + 1 - delivery.scheduleOffset,
      eventCreatedAt: delivery.eventCreatedAt,
      now: clock.now(),
      random: random(),
    });
  }
}
