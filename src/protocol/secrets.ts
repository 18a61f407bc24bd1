import { randomBytes } from "node:crypto";
import { WebhookError } from "../errors.js";
import { standardKey } from "./standard-signature.js";

/** What stands in the place of a secret everywhere but in the answer of the call that generated it. */
export const MASKED_SECRET = "webhook_secret_***";

const MIN_SECRET_BYTES = 16;
const MAX_SECRET_BYTES = 512;
const GENERATED_BYTES = 32;

/** A new secret: `whsec_` and the base64 of 32 random bytes, which Standard Webhooks libraries read as it is. */
export function generateSecret(): string {
  return `whsec_${randomBytes(GENERATED_BYTES).toString("base64")}`;
}

/**
 * Checks a secret that a caller chose for a webhook.
 *
 * @throws {@link WebhookError} `secret_invalid`; the message never repeats the secret.
 */
export function validateSecret(secret: unknown): string {
  if (typeof secret !== "string") throw refused(`it is ${secret === null ? "null" : typeof secret}, not a string`);
  const bytes = Buffer.byteLength(secret);
  if (bytes < MIN_SECRET_BYTES || bytes > MAX_SECRET_BYTES) throw refused(`this one has ${bytes} bytes`);
  if (secret === MASKED_SECRET) throw refused("this one is what is shown masked in the place of a secret");
  if (secret.trim() === "") throw refused("this one is blank");
  if (!secret.isWellFormed()) throw refused("this one has a lone surrogate, which UTF-8 cannot hold");
  if (standardKey(secret) === null) throw refused("this one begins with whsec_ and goes on with something else");
  return secret;
}

function refused(why: string): WebhookError {
  return new WebhookError(
    "secret_invalid",
    `A secret has ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes of UTF-8, and base64 after whsec_ if it begins so; ${why}. Leave it out to have one generated.`,
    { field: "secret" },
  );
}
