import { safeParse, type $ZodError, type $ZodIssue } from "zod/v4/core";
import { WebhookError } from "../errors.js";
import { zodSchema, type PayloadSchema } from "./payload-schema.js";

/** Problems named in one message; a payload that is wrong all over needs no longer list. */
const MAX_PROBLEMS = 5;

/** A key that is written as it is in a path; any other may hold line breaks, or be as long as the body. */
const PLAIN_KEY = /^[A-Za-z0-9_$-]{1,64}$/;
const MAX_KEY_LENGTH = 64;
const MAX_MESSAGE_LENGTH = 200;

/** A schema's words repeat keys as they came, and a cut may leave half a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Checks a payload against its type's schema. The payload stays as it is: unknown fields and key order survive.
 *
 * @throws {@link WebhookError} `event_invalid`, naming each field at fault and what was expected there;
 *   `option_invalid` when the schema itself throws, as an asynchronous one does.
 */
export function checkPayload(type: string, definition: { readonly object: PayloadSchema }, payload: unknown): void {
  const error = findError(type, definition.object, payload);
  if (error === undefined) return;
  const problems = error.issues.slice(0, MAX_PROBLEMS).map(describe);
  const more = error.issues.length - problems.length;
  const message = `The payload of \`${type}\` breaks its schema. ${problems.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
  const [first] = error.issues;
  throw new WebhookError("event_invalid", message, {
    cause: error,
    ...(first === undefined ? {} : { field: pathOf(first) }),
  });
}

function findError(type: string, schema: PayloadSchema, payload: unknown): $ZodError | undefined {
  try {
    return safeParse(zodSchema(schema), payload).error;
  } catch (cause) {
    throw new WebhookError(
      "option_invalid",
      `The schema of \`${type}\` threw; it has to be synchronous, and its checks answer and do not throw.`,
      { field: type, cause },
    );
  }
}

function describe(issue: $ZodIssue): string {
  return `\`${pathOf(issue)}\`: ${issue.message.slice(0, MAX_MESSAGE_LENGTH).replace(UNPRINTABLE, "\u{fffd}")}`;
}

function pathOf(issue: $ZodIssue): string {
  return issue.path.reduce<string>((path, key) => path + step(key), "data.object");
}

function step(key: PropertyKey): string {
  if (typeof key === "number") return `[${key}]`;
  const name = String(key);
  return PLAIN_KEY.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, MAX_KEY_LENGTH))}]`;
}
