import { randomBytes } from "node:crypto";
import type { Clock } from "../ports/clock.js";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const BITS = 5;
const TIME_CHARS = 9;
const SEQUENCE_CHARS = 4;
const RANDOM_CHARS = 12;
const MAX_SEQUENCE = 2 ** (SEQUENCE_CHARS * BITS) - 1;

/** Makes ids that sort by the moment they were made; those of one source also sort within a millisecond. */
export interface IdSource {
  /** A new id, such as `evt_` and 25 characters. */
  next(prefix: string): string;
}

/** An id source on a clock. Uniqueness comes from the operating system's random source, never from the clock. */
export function createIdSource(clock: Clock): IdSource {
  let lastMs = 0;
  let sequence = 0;
  return {
    next(prefix) {
      const nowMs = Math.floor(clock.now());
      // A clock that stands still or is set back goes on counting, so that order holds.
      if (nowMs > lastMs) {
        lastMs = nowMs;
        sequence = 0;
      } else if (sequence < MAX_SEQUENCE) {
        sequence += 1;
      } else {
        lastMs += 1;
        sequence = 0;
      }
      return prefix + encode(lastMs, TIME_CHARS) + encode(sequence, SEQUENCE_CHARS) + randomText(RANDOM_CHARS);
    },
  };
}

/** Random characters that tell nothing of when or where they were made; 5 bits each. */
export function randomText(length: number): string {
  let text = "";
  for (const byte of takeRandom(length)) text += ALPHABET.charAt(byte % ALPHABET.length);
  return text;
}

function encode(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / ALPHABET.length)) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
  }
  return text;
}

const POOL_BYTES = 4_096;
let pool = Buffer.alloc(0);
let used = 0;

/** Asking the operating system for 4 KB at a time costs a fraction of asking once per id. */
function takeRandom(length: number): Uint8Array {
  if (used + length > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}
