import { WebhookError } from "../errors.js";
import { isPlainObject, isScalar, MAX_ATTRIBUTE_KEY_LENGTH, type Attributes, type Scalar } from "./filters.js";
import { quote } from "./quote.js";

/** The most routing attributes that a publisher may give beside an event. */
export const MAX_GIVEN_ATTRIBUTES = 50;

/**
 * What an event is routed by: the members of `data.object` that are scalars, and what the publisher gave beside it,
 * which wins. Every name is an ordinary name, `__proto__` and `constructor` too.
 */
export function routingAttributes(object: unknown, given: Attributes | undefined): Attributes {
  const attributes = Object.create(null) as Record<string, Scalar>;
  if (isRecord(object)) {
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (isScalar(value)) attributes[key] = value;
    }
  }
  if (given !== undefined) for (const key of Object.keys(given)) attributes[key] = given[key] as Scalar;
  return attributes;
}

/**
 * Checks what a publisher gave as `attributes` and answers a copy of it; `undefined` where it gave none.
 *
 * @throws {@link WebhookError} `attributes_invalid`, with the attribute at fault as its `field`.
 */
export function validateAttributes(attributes: unknown): Attributes | undefined {
  if (attributes === undefined) return undefined;
  if (!isPlainObject(attributes))
    throw refuse("attributes", `\`attributes\` is an object; it was ${quote(attributes)}.`);
  const keys = Object.keys(attributes);
  if (keys.length > MAX_GIVEN_ATTRIBUTES) {
    throw refuse("attributes", `\`attributes\` has ${keys.length} keys; at most ${MAX_GIVEN_ATTRIBUTES} are allowed.`);
  }
  const checked = Object.create(null) as Record<string, Scalar>;
  for (const key of keys) checked[key] = checkAttribute(key, attributes[key]);
  return checked;
}

function checkAttribute(key: string, value: unknown): Scalar {
  const field = `attributes.${quote(key, "")}`;
  if (key.length === 0 || key.length > MAX_ATTRIBUTE_KEY_LENGTH) {
    throw refuse(
      field,
      `An attribute's name has 1 to ${MAX_ATTRIBUTE_KEY_LENGTH} characters; ${quote(key)} has ${key.length}.`,
    );
  }
  if (isScalar(value)) return value;
  throw refuse(field, `\`${field}\` is a string, a finite number, a boolean or null; it was ${quote(value)}.`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(field: string, message: string): WebhookError {
  return new WebhookError("attributes_invalid", message, { field });
}
