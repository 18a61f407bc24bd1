import { expect, test } from "vitest";
import { BodyChunks } from "../../src/hosts/body-chunks.js";

test("a body of single bytes is whole, and one byte more than allowed is refused", () => {
  const chunks = new BodyChunks();
  const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => index % 251);
  for (const byte of bytes) expect(chunks.add(Uint8Array.of(byte), 5_000)).toBe(true);
  expect(Buffer.compare(chunks.bytes(), bytes)).toBe(0);
  expect(chunks.add(new Uint8Array(1), 5_000)).toBe(false);
});
