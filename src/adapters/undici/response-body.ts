/** Bytes of a body that are kept for the log. */
const KEPT_BYTES = 4_096;

// Line breaks and tabs may stay; NUL and its like cannot be stored everywhere and forge what a terminal shows.
const CONTROL_CHARACTERS = /(?![\t\n\r])\p{Cc}/gu;

/** A response's body as it comes in: its beginning is kept, the rest counted. */
export class ResponseBody {
  /** Bytes of a body that are read; a larger one fails the attempt. */
  static readonly MAX_READ_BYTES = 65_536;

  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Takes the next bytes; false once there are more than are read. */
  add(chunk: Buffer): boolean {
    const room = KEPT_BYTES - this.#bytes;
    if (room > 0) this.#chunks.push(chunk.subarray(0, room));
    this.#bytes += chunk.length;
    return this.#bytes <= ResponseBody.MAX_READ_BYTES;
  }

  /** What was kept, as UTF-8 without control characters. A character that was cut in two is left out. */
  text(): string {
    if (this.#bytes === 0) return "";
    const [first] = this.#chunks;
    const kept = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const whole = this.#bytes > KEPT_BYTES ? kept.subarray(0, lastBoundary(kept)) : kept;
    return whole.toString("utf8").replace(CONTROL_CHARACTERS, "");
  }
}

/** Where the last character begins or, if it is whole, ends. */
function lastBoundary(bytes: Buffer): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < characterLength(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function characterLength(leadByte: number): number {
  if (leadByte >= 0xf0) return 4;
  return leadByte >= 0xe0 ? 3 : 2;
}
