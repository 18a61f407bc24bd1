import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { NoteKey, Notes } from "../ports/notes.js";
import { readAccountId } from "./account-id.js";
import { randomText } from "./ids.js";

const KIND = "answer";
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** How long an answer is replayed, in milliseconds. */
const KEEP_MS = 24 * 60 * 60 * 1_000;

/** After how long a request whose process died may be made anew, in milliseconds. */
const RUNNING_MS = 60_000;

/** How often a key is taken for another minute while its request runs, in milliseconds. */
const RENEW_MS = 20_000;

/** How long whoever comes meanwhile should wait, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** Answers remembered per account. */
const MAX_PER_ACCOUNT = 5_000;

/** A request that is to take effect once, however often it is made. */
export interface OnceRequest {
  /** Defaults to `"default"`. */
  readonly accountId?: string | undefined;
  /** What the caller named it by: 1 to 255 printable ASCII characters. */
  readonly key: string;
  /** What it asks for, in short: the same key with another one is refused. At most 1,000 characters. */
  readonly fingerprint: string;
}

/** What a request came to. */
export interface OnceAnswer<Answer> {
  readonly answer: Answer;
  /** Whether this is what an earlier call was answered. */
  readonly replayed: boolean;
}

/** What is kept under a key; without an answer the request is being handled by whoever `token` names. */
interface Kept {
  readonly fingerprint: string;
  readonly token?: string;
  /** Tells each renewal from the one before. */
  readonly renewal?: number;
  readonly answer?: unknown;
}

export interface OnceContext {
  readonly notes: Notes;
  readonly clock: Clock;
}

/** Runs something once per key; see {@link Sender.runOnce}. */
export async function runOnce<Answer>(
  context: OnceContext,
  { accountId, key, fingerprint }: OnceRequest,
  run: () => Promise<{ readonly answer: Answer; readonly kept?: Answer }>,
): Promise<OnceAnswer<Answer>> {
  if (typeof key !== "string" || !KEY.test(key)) {
    throw plainError("idempotency_key_invalid", { field: "Idempotency-Key" });
  }
  const noteKey: NoteKey = { accountId: readAccountId(accountId), kind: KIND, key };
  const claim = new KeyClaim(context, noteKey, fingerprint);
  if (!(await claim.take())) return replay(context.notes, noteKey, fingerprint);
  let ran: { readonly answer: Answer; readonly kept?: Answer };
  try {
    ran = await run();
  } catch (error) {
    // What was refused or failed may be tried again under the same key.
    await claim.end(null);
    throw error;
  }
  await claim.end({ fingerprint, answer: ran.kept ?? ran.answer });
  return { answer: ran.answer, replayed: false };
}

/** A key while its request runs. It lapses a minute after the process that holds it has died, not while that works. */
class KeyClaim {
  readonly #token = randomText(16);
  #revision = 0;
  /** Until when nobody else can have taken it, on the monotonic clock; counted from before the store was asked. */
  #heldUntilMs = 0;
  #ended = false;
  #renewing: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(
    private readonly context: OnceContext,
    private readonly key: NoteKey,
    private readonly fingerprint: string,
  ) {}

  /** Whether the key was free. */
  async take(): Promise<boolean> {
    const result = await this.#write();
    if (result === "written") this.#renewLater();
    if (result !== "full") return result === "written";
    throw new WebhookError("rate_limited", `The account has used ${MAX_PER_ACCOUNT} idempotency keys in 24 hours.`, {
      retryAfterMs: KEEP_MS,
    });
  }

  /** Puts the answer in the place of the claim; null frees the key. What took effect is answered even if that fails. */
  async end(kept: Kept | null): Promise<void> {
    this.#ended = true;
    this.#cancel();
    await this.#renewing;
    if (!this.#isHeld) return;
    const text = kept === null ? "" : JSON.stringify(kept);
    const note = { ...this.key, text, revision: this.#revision, keepMs: kept === null ? 0 : KEEP_MS };
    await this.context.notes.write({ ...note, max: MAX_PER_ACCOUNT }).catch(() => undefined);
  }

  async #write(): Promise<"written" | "stale" | "full"> {
    const revision = this.#revision;
    const kept: Kept = { fingerprint: this.fingerprint, token: this.#token, renewal: revision };
    const note = { ...this.key, text: JSON.stringify(kept), revision, keepMs: RUNNING_MS, max: MAX_PER_ACCOUNT };
    const heldUntilMs = this.context.clock.monotonicMs() + RUNNING_MS;
    const result = await this.context.notes.write(note);
    if (result !== "written") return result;
    this.#revision += 1;
    this.#heldUntilMs = heldUntilMs;
    return result;
  }

  #renewLater(): void {
    this.#cancel = this.context.clock.schedule(RENEW_MS, () => {
      this.#renewing = this.#renew();
    });
  }

  async #renew(): Promise<void> {
    if (!this.#isHeld) return;
    // A store that is away is asked again, as long as it can be in time.
    const result = await this.#write().catch(() => null);
    if (!this.#ended && result !== "stale") this.#renewLater();
  }

  /** Revisions begin anew under whoever takes a key that has lapsed, so that its holder writes no more. */
  get #isHeld(): boolean {
    return this.context.clock.monotonicMs() < this.#heldUntilMs;
  }
}

async function replay<Answer>(notes: Notes, key: NoteKey, fingerprint: string): Promise<OnceAnswer<Answer>> {
  const note = await notes.read(key);
  const kept = note === null ? null : (JSON.parse(note.text) as Kept);
  if (kept !== null && kept.fingerprint !== fingerprint) {
    throw plainError("idempotency_key_conflict", { field: "Idempotency-Key" });
  }
  if (kept === null || !("answer" in kept)) {
    throw plainError("idempotency_key_in_use", {
      field: "Idempotency-Key",
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
  return { answer: kept.answer as Answer, replayed: true };
}
