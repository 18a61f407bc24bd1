/** Chunks that are kept apart. A sender that writes byte by byte would otherwise have each byte cost a buffer of its own. */
const MAX_CHUNKS = 1_024;

/** The chunks of a body as they come in, in memory that is bounded by the body's bytes and not by their number. */
export class BodyChunks {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  /** Takes the next chunk, unless it makes the body larger than `maxBytes`: then false. */
  add(chunk: Uint8Array, maxBytes: number): boolean {
    this.#size += chunk.byteLength;
    if (this.#size > maxBytes) return false;
    this.#chunks.push(chunk);
    if (this.#chunks.length === MAX_CHUNKS) this.#chunks.splice(0, MAX_CHUNKS, Buffer.concat(this.#chunks));
    return true;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
