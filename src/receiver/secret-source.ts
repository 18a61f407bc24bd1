import { kindOf, quote } from "../domain/quote.js";
import { WebhookError } from "../errors.js";
import { isUsable } from "../protocol/signature.js";
import { standardKey } from "../protocol/standard-signature.js";

/**
 * One secret, or several of which any may have signed: during a rotation the new one is put first.
 *
 * A function is asked at each request, with the id that `X-AuraConnect-Webhook-Id` claims. That header is unsigned,
 * but only who knows the secret answered for it can sign under it.
 */
export type SecretSource = string | readonly string[] | SecretLookup;

/** Answers the secrets of a webhook; nothing, or a blank one, refuses the request. */
export type SecretLookup = (webhookId: string | null) => SecretAnswer | Promise<SecretAnswer>;

type SecretAnswer = string | readonly string[] | null | undefined;

/** Answers at least one usable secret: at once, where none is looked up. */
export type SecretsFor = (webhookId: string | null) => readonly string[] | Promise<readonly string[]>;

/**
 * Checks the `secret` option and makes a lookup of it.
 *
 * @throws {@link WebhookError} `secret_invalid`; the message never repeats a secret.
 */
export function secretsFrom(source: unknown): SecretsFor {
  if (typeof source === "function") return (webhookId) => lookUp(source as SecretLookup, webhookId);
  const secrets: readonly unknown[] = Array.isArray(source) ? source : [source];
  if (secrets.length === 0) throw refused("secret", "is an empty list.");
  const checked = secrets.map((secret, index) =>
    checkSecret(secret, Array.isArray(source) ? `secret[${index}]` : "secret"),
  );
  return () => checked;
}

/** Length is not judged: who registered the webhook chose it, and what is too short for us may be long in use. */
function checkSecret(secret: unknown, field: string): string {
  if (secret === undefined) throw refused(field, "is undefined; is the environment variable set?");
  if (typeof secret !== "string") throw refused(field, `is ${kindOf(secret)}.`);
  if (!isUsable(secret)) throw refused(field, "is blank; is the environment variable set?");
  if (standardKey(secret) === null)
    throw refused(field, "begins with whsec_ and goes on with something else than base64.");
  return secret;
}

function refused(field: string, why: string): WebhookError {
  const expected = "Give the webhook's secret as a string, a list of strings, or a function that looks it up.";
  return new WebhookError("secret_invalid", `\`${field}\` ${why} ${expected}`, { field });
}

async function lookUp(source: SecretLookup, webhookId: string | null): Promise<readonly string[]> {
  const answer = await ask(source, webhookId);
  const secrets: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  if (secrets.some(isUsable)) return secrets.map((secret) => (isUsable(secret) ? secret : ""));
  throw new WebhookError(
    "signature_invalid",
    `The \`secret\` function answered no secret for ${webhookId === null ? "a request without a webhook id" : `webhook ${quote(webhookId)}`}, so the request is refused.`,
  );
}

async function ask(source: SecretLookup, webhookId: string | null): Promise<unknown> {
  try {
    return await source(webhookId);
  } catch (cause) {
    throw new WebhookError("secret_unavailable", "The `secret` function threw; the event was not handled.", { cause });
  }
}
