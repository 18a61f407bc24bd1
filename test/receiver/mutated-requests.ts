import { signedRequest } from "../../src/testing/signed-request.js";

/** A request that differs from a signed one in its body, in a header that is verified, or in the secret it is held against. */
export interface MutatedRequest {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What was done, to be told when it was accepted. */
  readonly mutation: string;
}

type Random = () => number;

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SECRETS = ["your-webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Zoë's secret 🍅 of many bytes"];
const VERIFIED = ["X-AuraConnect-Signature", "webhook-signature", "webhook-id", "webhook-timestamp"] as const;

/** Endless mutations of signed requests. One of them is no mutation and so is left out: what comes equals no original. */
export function* mutatedRequests(seed: number): Generator<MutatedRequest> {
  const random = seeded(seed);
  const originals = SECRETS.map((secret) => ({ secret, ...signedRequest({ type: "order.created", secret }) }));
  for (;;) {
    const { secret, headers, body } = pick(originals, random);
    const bytes = Buffer.from(body);
    const where = random();
    if (where < 0.5) {
      const mutated = mutateBytes(bytes, random);
      if (!mutated.equals(bytes)) yield { secret, headers, body: mutated, mutation: "body" };
    } else if (where < 0.9) {
      const name = pick(VERIFIED, random);
      const value = headers[name] ?? "";
      const mutated = mutateText(value, random);
      // A list of signatures that still has the right one is right.
      if (mutated.split(" ").includes(value)) continue;
      yield { secret, headers: { ...headers, [name]: mutated }, body: bytes, mutation: `${name}: ${mutated}` };
    } else {
      const mutated = mutateText(secret, random);
      if (mutated !== secret && mutated.trim() !== "")
        yield { secret: mutated, headers, body: bytes, mutation: mutated };
    }
  }
}

function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * bytes.length);
  const length = 1 + Math.floor(random() * 8);
  switch (Math.floor(random() * 6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 2: {
      const junk = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
      return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
    }
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default:
      return Buffer.concat([pick([Buffer.from("\u{feff}"), Buffer.from(" "), Buffer.from("\0")], random), bytes]);
  }
}

/** Never ends a text with NUL: to an HMAC, a key with one at its end is the key without. */
function mutateText(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  const character = String.fromCharCode(33 + Math.floor(random() * (random() < 0.1 ? 60_000 : 93)));
  switch (Math.floor(random() * 7)) {
    case 0:
      return text.slice(0, at) + character + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 4));
    case 2:
      return text.slice(0, at) + character.repeat(1 + Math.floor(random() * 4)) + text.slice(at);
    case 3:
      return random() < 0.5 ? text.toUpperCase() : text.slice(0, at);
    case 4:
      return text + character;
    case 5:
      return `${text},${text}`;
    default:
      return Array.from(text).reverse().join("");
  }
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}
