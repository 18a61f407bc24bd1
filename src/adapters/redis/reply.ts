/** A text of a reply: a client may be set to answer with buffers. Nothing is an empty text. */
export function textOf(reply: unknown): string {
  if (typeof reply === "string") return reply;
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString("utf8");
  return typeof reply === "number" || typeof reply === "bigint" ? String(reply) : "";
}

/** A number of a reply: a client may be set to answer with strings. */
export function numberOf(reply: unknown): number {
  return Number(textOf(reply));
}

/** A list of a reply. */
export function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** A list of texts. */
export function textsOf(reply: unknown): string[] {
  return listOf(reply).map(textOf);
}
