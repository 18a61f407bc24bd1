import { WebhookError } from "../errors.js";
import { fieldStep, quote } from "./quote.js";

/** A JSON value that is neither an object nor a list. Numbers are finite. */
export type Scalar = string | number | boolean | null;

/** What an event's routing attributes must be: each key names an attribute, a list means any of its values. */
export type Filters = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** What an event can be routed by. */
export type Attributes = Readonly<Record<string, Scalar>>;

/** The most keys that one webhook filters by. */
export const MAX_FILTER_KEYS = 20;

/** The most values that one filter lists. */
export const MAX_FILTER_VALUES = 100;

/** The longest name of a routing attribute, in UTF-16 code units. */
export const MAX_ATTRIBUTE_KEY_LENGTH = 64;

/** The longest string that a filter compares with, in UTF-16 code units. */
export const MAX_FILTER_VALUE_LENGTH = 256;

/** How filters and attributes compare; `key` is the filter that decided. */
export type FilterMatch =
  | { readonly kind: "matched" }
  | { readonly kind: "mismatch"; readonly key: string }
  | { readonly kind: "missing"; readonly key: string };

const MATCHED: FilterMatch = { kind: "matched" };

/**
 * Checks what a caller gave as `filters` and answers a copy of it; `null` where it filters nothing (an empty object,
 * `null` or `undefined`). Every name is an ordinary name, `__proto__` and `constructor` too.
 *
 * @throws {@link WebhookError} `filter_invalid`, with the filter at fault as its `field`.
 */
export function validateFilters(filters: unknown): Filters | null {
  if (filters === undefined || filters === null) return null;
  if (!isPlainObject(filters)) {
    throw new WebhookError(
      "filter_invalid",
      `\`filters\` is an object of attribute names and values; it was ${quote(filters)}.`,
      {
        field: "filters",
      },
    );
  }
  const keys = Object.keys(filters);
  if (keys.length === 0) return null;
  if (keys.length > MAX_FILTER_KEYS) {
    const message = `\`filters\` has ${keys.length} keys; at most ${MAX_FILTER_KEYS} are allowed.`;
    throw new WebhookError("filter_invalid", message, { field: "filters" });
  }
  const checked = Object.create(null) as Record<string, Scalar | readonly Scalar[]>;
  for (const key of keys) checked[key] = checkFilter(key, filters[key]);
  return checked;
}

/**
 * Compares filters with the attributes of an event, by type and value: `1` is not `"1"`. A filter that cannot match
 * decides before one whose attribute is missing, so that `missing` means that nothing else stood in the way.
 */
export function matchFilters(filters: Filters, attributes: Attributes): FilterMatch {
  let missing: string | null = null;
  for (const key of Object.keys(filters)) {
    if (!Object.hasOwn(attributes, key)) missing ??= key;
    else if (!accepts(filters[key], attributes[key])) return { kind: "mismatch", key };
  }
  return missing === null ? MATCHED : { kind: "missing", key: missing };
}

/** Whether a value is one that filters and attributes can hold. */
export function isScalar(value: unknown): value is Scalar {
  if (typeof value === "number") return Number.isFinite(value);
  return value === null || typeof value === "string" || typeof value === "boolean";
}

/** Whether a value is an object as JSON has them; lists and instances of classes are not. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  // Not compared with Object.prototype: an object may come from another realm, such as a test runner's.
  return Object.getPrototypeOf(prototype) === null && !Array.isArray(value);
}

function accepts(filter: Scalar | readonly Scalar[] | undefined, value: Scalar | undefined): boolean {
  if (value === undefined) return false;
  return typeof filter === "object" && filter !== null ? filter.includes(value) : filter === value;
}

function checkFilter(key: string, filter: unknown): Scalar | readonly Scalar[] {
  const field = `filters${fieldStep(key)}`;
  if (key.length === 0 || key.length > MAX_ATTRIBUTE_KEY_LENGTH) {
    const message = `A filter's name has 1 to ${MAX_ATTRIBUTE_KEY_LENGTH} characters; ${quote(key)} has ${key.length}.`;
    throw new WebhookError("filter_invalid", message, { field });
  }
  if (!Array.isArray(filter)) return checkScalar(filter, field);
  const values: readonly unknown[] = filter;
  if (values.length === 0 || values.length > MAX_FILTER_VALUES) {
    const message = `A filter lists 1 to ${MAX_FILTER_VALUES} values; \`${field}\` lists ${values.length}.`;
    throw new WebhookError("filter_invalid", message, { field });
  }
  return Array.from(values, (value, index) => checkScalar(value, `${field}[${index}]`));
}

function checkScalar(value: unknown, field: string): Scalar {
  if (!isScalar(value)) {
    const message = `\`${field}\` is a string, a finite number, a boolean or null; it was ${quote(value)}.`;
    throw new WebhookError("filter_invalid", message, { field });
  }
  if (typeof value === "string" && value.length > MAX_FILTER_VALUE_LENGTH) {
    const message = `\`${field}\` has ${value.length} characters; at most ${MAX_FILTER_VALUE_LENGTH} are allowed.`;
    throw new WebhookError("filter_invalid", message, { field });
  }
  return value;
}
