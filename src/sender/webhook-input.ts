import { WebhookError } from "../errors.js";
import type { AddressPolicy } from "../domain/address-policy.js";
import { validateCustomHeaders } from "../domain/custom-headers.js";
import { isPlainObject, validateFilters, type Filters } from "../domain/filters.js";
import { validatePatterns } from "../domain/pattern.js";
import { quote } from "../domain/quote.js";
import { validateThrottle, type Throttle } from "../domain/throttle.js";

const MAX_DESCRIPTION_LENGTH = 500;

/** The fields of a webhook that its account chooses, but for the secret. */
export interface WebhookFields {
  readonly url: string;
  readonly events: readonly string[];
  readonly filters: Filters | null;
  readonly active: boolean;
  readonly description: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly throttle: Throttle | null;
  readonly debugMode: boolean;
}

/** What judges the fields. */
export interface WebhookRules {
  readonly eventTypes: readonly string[];
  readonly addressPolicy: AddressPolicy;
}

type FieldReaders = {
  readonly [Field in keyof WebhookFields]: (value: unknown, rules: WebhookRules) => WebhookFields[Field];
};

const READERS: FieldReaders = {
  url: readUrl,
  events: (value, { eventTypes }) => validatePatterns(value, eventTypes),
  filters: (value) => validateFilters(value ?? {}),
  active: (value) => readBoolean("active", value),
  description: readDescription,
  headers: validateCustomHeaders,
  throttle: validateThrottle,
  debugMode: (value) => readBoolean("debugMode", value),
};

const DEFAULTS: Partial<Record<keyof WebhookFields, unknown>> = {
  filters: null,
  active: true,
  description: null,
  headers: {},
  throttle: null,
  debugMode: false,
};

/**
 * Reads the fields of a new webhook. `accountId` and `secret` are read elsewhere and passed over here.
 *
 * @throws {@link WebhookError} `url_invalid`, `address_refused`, `pattern_invalid`, `filter_invalid`, `webhook_invalid`,
 *   with the field at fault.
 */
export function readNewWebhook(input: unknown, rules: WebhookRules): WebhookFields {
  if (typeof input !== "object" || input === null) {
    throw new WebhookError("webhook_invalid", "A webhook is an object with a `url` and `events`.");
  }
  const { accountId: _accountId, secret: _secret, ...fields } = given(input);
  return readFields({ url: undefined, events: undefined, ...DEFAULTS, ...fields }, rules) as WebhookFields;
}

/**
 * Reads the fields that an update changes.
 *
 * @throws {@link WebhookError} as {@link readNewWebhook}; `secret_invalid` for a secret, which only a rotation changes.
 */
export function readWebhookChanges(changes: unknown, rules: WebhookRules): Partial<WebhookFields> {
  if (!isPlainObject(changes)) {
    throw new WebhookError("webhook_invalid", "`changes` is an object of the fields to change.", { field: "changes" });
  }
  if (changes["secret"] !== undefined) {
    throw new WebhookError(
      "secret_invalid",
      "An update cannot change the secret; use rotateSecret, which keeps the old one in use for a while.",
      {
        field: "secret",
      },
    );
  }
  return readFields(given(changes), rules);
}

/** What is undefined is as good as left out. */
function given(input: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function readFields(input: Readonly<Record<string, unknown>>, rules: WebhookRules): Partial<WebhookFields> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    if (!isField(name)) {
      throw new WebhookError(
        "webhook_invalid",
        `${quote(name)} is no field of a webhook; it has url, events, filters, secret, active, description, headers, throttle and debugMode.`,
        {
          field: name.slice(0, 80),
        },
      );
    }
    fields[name] = READERS[name](value, rules);
  }
  return fields;
}

function isField(name: string): name is keyof WebhookFields {
  return Object.hasOwn(READERS, name);
}

function readUrl(value: unknown, { addressPolicy }: WebhookRules): string {
  if (typeof value !== "string") {
    throw new WebhookError("url_invalid", "`url` is a string such as https://example.com/webhooks.", { field: "url" });
  }
  if (!value.isWellFormed()) {
    throw new WebhookError("url_invalid", "`url` has half of a character in it, which no URL can hold.", {
      field: "url",
    });
  }
  addressPolicy.checkUrl(value);
  return value;
}

function readBoolean(field: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new WebhookError("webhook_invalid", `\`${field}\` is true or false.`, { field });
}

function readDescription(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === "string" && value.length <= MAX_DESCRIPTION_LENGTH && value.isWellFormed()) return value;
  throw new WebhookError(
    "webhook_invalid",
    `\`description\` is a string of at most ${MAX_DESCRIPTION_LENGTH} characters, or null.`,
    {
      field: "description",
    },
  );
}
