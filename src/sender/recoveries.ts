import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { DeliveryLog, DeliveryPage } from "../ports/delivery-log.js";
import type { DeliveryQueue } from "../ports/delivery-queue.js";
import type { Note, NoteKey, Notes } from "../ports/notes.js";
import { EVENT_MAX_AGE_MS } from "../protocol/limits.js";
import { randomText } from "./ids.js";
import { toRecovery, type Recovery, type RecoveryState } from "./recovery.js";
import type { RegistryCache } from "./registry-cache.js";

const KIND = "recovery";
const ID_LENGTH = 20;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** How long the last recovery of a webhook is remembered, in milliseconds. */
const KEEP_MS = 7 * DAY_MS;

/** Remembered recoveries of one account; those of webhooks that were deleted since are among them. */
const MAX_PER_ACCOUNT = 10_000;

/** Deliveries resent at a time. */
const STEP = 200;

/** How often a recovery that nobody here began is looked for, in milliseconds. */
const LOOK_EVERY_MS = 10_000;

export interface RecoveriesContext {
  readonly notes: Notes;
  readonly log: DeliveryLog;
  readonly queue: DeliveryQueue;
  readonly cache: RegistryCache;
  readonly clock: Clock;
  readonly onDue: (webhookId: string) => void;
  readonly fail: (error: unknown) => void;
}

interface RecoveryOf {
  readonly accountId: string;
  readonly webhookId: string;
}

/**
 * Sends again what failed, webhook by webhook. A recovery is a note in the store that every step replaces, so that any
 * process goes on with it. Two that do so at once take the same steps, and those take effect once.
 */
export class Recoveries {
  #running = false;
  #working: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(private readonly context: RecoveriesContext) {}

  /** @throws {@link WebhookError} `recovery_running`, `store_unavailable`. */
  async begin({ since, ...webhook }: RecoveryOf & { readonly since: number }): Promise<Recovery> {
    const { notes, clock } = this.context;
    const key = keyOf(webhook);
    const present = await notes.read(key);
    if (present !== null && stateOf(present).finishedAt === null) throw isRunning(stateOf(present));
    const state: RecoveryState = {
      id: `recovery_${randomText(ID_LENGTH)}`,
      since,
      ...{ resent: 0, tooOld: 0, reachedAt: null, startedAt: clock.now(), finishedAt: null },
      ...{ step: [], after: null, more: true },
    };
    if ((await this.#write(key, present?.revision ?? 0, state)) !== "written") throw isRunning();
    if (this.#running) this.#workNow();
    return toRecovery(webhook.webhookId, state);
  }

  /** @throws {@link WebhookError} `recovery_not_found`, `store_unavailable`. */
  async get(webhook: RecoveryOf, recoveryId: string): Promise<Recovery> {
    const note = await this.context.notes.read(keyOf(webhook));
    if (note !== null && stateOf(note).id === recoveryId) return toRecovery(webhook.webhookId, stateOf(note));
    throw plainError("recovery_not_found", { field: "recoveryId" });
  }

  start(): void {
    this.#running = true;
    this.#workNow();
  }

  /** Leaves what is under way where it is. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel();
    await this.#working;
  }

  #workNow(): void {
    this.#cancel();
    this.#working = this.#working.then(() => this.#work());
  }

  async #work(): Promise<void> {
    try {
      let cursor: string | null = null;
      do {
        const page = await this.context.notes.page({ kind: KIND, cursor, limit: 100 });
        for (const note of page.notes) await this.#goOn(note, note);
        cursor = page.cursor;
      } while (cursor !== null && this.#running);
    } catch (error) {
      this.context.fail(error);
    }
    if (!this.#running) return;
    this.#cancel();
    this.#cancel = this.context.clock.schedule(LOOK_EVERY_MS, () => {
      this.#workNow();
    });
  }

  async #goOn(key: NoteKey, found: Note): Promise<void> {
    for (let note: Note | null = found; note !== null && this.#running; note = await this.context.notes.read(key)) {
      const state = stateOf(note);
      if (state.finishedAt !== null) return;
      await this.#write(key, note.revision, await this.#step({ accountId: key.accountId, webhookId: key.key }, state));
    }
  }

  /** Takes the step that is written down, and looks for the next. */
  async #step(webhook: RecoveryOf, state: RecoveryState): Promise<RecoveryState> {
    const { clock, cache } = this.context;
    const isThere = (await cache.refresh(webhook.accountId)).byId.has(webhook.webhookId);
    const counts = isThere ? await this.#resend(webhook, state) : { resent: state.resent, tooOld: state.tooOld };
    if (!isThere || !state.more) return { ...state, ...counts, step: [], more: false, finishedAt: clock.now() };
    const { deliveries, more } = await this.#nextPage(webhook, state);
    const last = deliveries.at(-1);
    return {
      ...state,
      ...counts,
      step: deliveries
        .filter(({ test, lastAttempt }) => !test && lastAttempt !== null && lastAttempt.sentAt >= state.since)
        .map(({ id, resends }) => ({ id, resends })),
      after: last?.id ?? state.after,
      reachedAt: last?.storedAt ?? state.reachedAt,
      more,
    };
  }

  async #resend({ accountId, webhookId }: RecoveryOf, { step, resent, tooOld }: RecoveryState) {
    if (step.length === 0) return { resent, tooOld };
    const createdSince = this.context.clock.now() - EVENT_MAX_AGE_MS;
    const results = await this.context.queue.resend({ accountId, deliveries: step, createdSince });
    this.context.onDue(webhookId);
    return {
      resent: resent + results.filter((result) => result === "resent").length,
      tooOld: tooOld + results.filter((result) => result === "too_old").length,
    };
  }

  async #nextPage(webhook: RecoveryOf, { since, after }: RecoveryState): Promise<DeliveryPage> {
    try {
      return await this.context.log.list({
        ...webhook,
        status: "failed",
        // A delivery made before may have failed at last since: it may have waited for as long as events are sent.
        since: since - EVENT_MAX_AGE_MS,
        limit: STEP,
        after: after ?? undefined,
      });
    } catch (error) {
      // Where it was is forgotten by now, and what is older still is forgotten too.
      if (WebhookError.is(error) && error.code === "cursor_invalid") return { deliveries: [], more: false };
      throw error;
    }
  }

  #write(key: NoteKey, revision: number, state: RecoveryState): Promise<"written" | "stale" | "full"> {
    const text = JSON.stringify(state);
    return this.context.notes.write({ ...key, text, revision, keepMs: KEEP_MS, max: MAX_PER_ACCOUNT });
  }
}

function keyOf({ accountId, webhookId }: RecoveryOf): NoteKey {
  return { accountId, kind: KIND, key: webhookId };
}

function stateOf({ text }: Note): RecoveryState {
  return JSON.parse(text) as RecoveryState;
}

function isRunning(state?: RecoveryState): WebhookError {
  const which = state === undefined ? "Another recovery of this webhook" : state.id;
  return new WebhookError("recovery_running", `${which} is under way; wait until it is done.`, { field: "webhookId" });
}
