import { plainError } from "../error-table.js";
import { WebhookError } from "../errors.js";
import type { NoteKey, Notes } from "../ports/notes.js";
import { readAccountId } from "./account-id.js";
import { randomText } from "./ids.js";

const KIND = "answer";
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** How long an answer is replayed, in milliseconds. */
const KEEP_MS = 24 * 60 * 60 * 1_000;

/** After how long a request whose process died may be made anew, in milliseconds. */
const RUNNING_MS = 60_000;

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
  readonly answer?: unknown;
}

/** Runs something once per key; see {@link Sender.runOnce}. */
export async function runOnce<Answer>(
  notes: Notes,
  { accountId, key, fingerprint }: OnceRequest,
  run: () => Promise<{ readonly answer: Answer; readonly kept?: Answer }>,
): Promise<OnceAnswer<Answer>> {
  if (typeof key !== "string" || !KEY.test(key)) {
    throw plainError("idempotency_key_invalid", { field: "Idempotency-Key" });
  }
  const noteKey: NoteKey = { accountId: readAccountId(accountId), kind: KIND, key };
  const claim: Kept = { fingerprint, token: randomText(16) };
  if (!(await claimKey(notes, noteKey, claim))) return replay(notes, noteKey, fingerprint);
  let ran: { readonly answer: Answer; readonly kept?: Answer };
  try {
    ran = await run();
  } catch (error) {
    // What was refused or failed may be tried again under the same key.
    await write(notes, noteKey, 1, null).catch(() => undefined);
    throw error;
  }
  // The request took effect: an answer that cannot be remembered is given all the same.
  await write(notes, noteKey, 1, { fingerprint, answer: ran.kept ?? ran.answer }).catch(() => undefined);
  return { answer: ran.answer, replayed: false };
}

async function claimKey(notes: Notes, key: NoteKey, claim: Kept): Promise<boolean> {
  const result = await notes.write({
    ...key,
    text: JSON.stringify(claim),
    revision: 0,
    keepMs: RUNNING_MS,
    max: MAX_PER_ACCOUNT,
  });
  if (result !== "full") return result === "written";
  throw new WebhookError("rate_limited", `The account has used ${MAX_PER_ACCOUNT} idempotency keys in 24 hours.`, {
    retryAfterMs: KEEP_MS,
  });
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

async function write(notes: Notes, key: NoteKey, revision: number, kept: Kept | null): Promise<void> {
  const text = kept === null ? "" : JSON.stringify(kept);
  await notes.write({ ...key, text, revision, keepMs: kept === null ? 0 : KEEP_MS, max: MAX_PER_ACCOUNT });
}
