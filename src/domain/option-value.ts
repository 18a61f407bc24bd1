import { WebhookError } from "../errors.js";
import { suggestion } from "./nearest.js";
import { kindOf, quote } from "./quote.js";

/** The bounds of a number, both included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/**
 * A whole number given as an option, or its default when it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option, its range and what it was.
 */
export function readWholeNumber<Fallback extends number | false>(
  name: string,
  value: unknown,
  fallback: Fallback,
  { min, max }: NumberRange,
): number | Fallback {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw refused(name, `a whole number from ${min} to ${max}`, value);
}

/**
 * A switch given as an option, or its default when it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option and what it was.
 */
export function readFlag(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw refused(name, "true or false", value);
}

/**
 * One of a few words given as an option, or its default when it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option, the words and what it was.
 */
export function readChoice<Choice extends string>(
  name: string,
  value: unknown,
  fallback: Choice,
  choices: readonly Choice[],
): Choice {
  if (value === undefined) return fallback;
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw refused(name, choices.map((choice) => `"${choice}"`).join(" or "), value);
}

/**
 * A function given as an option, or its default when it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`, naming the option and what it was.
 */
export function readFunction<Given>(name: string, value: Given | undefined, fallback: Given): Given {
  if (value === undefined) return fallback;
  if (typeof value === "function") return value;
  throw refused(name, "a function", value);
}

/**
 * A text to look for, such as an id, or undefined where it is undefined.
 *
 * @throws {@link WebhookError} `option_invalid`, naming it and what it was.
 */
export function readText(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && TEXT.test(value))) return value;
  throw refused(name, "a string of 1 to 200 characters without control characters", value);
}

const TEXT = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/**
 * An object given as an option, or its default when it is undefined.
 *
 * @param methods What it must be able to do. Nothing else of it is looked at.
 * @throws {@link WebhookError} `option_invalid`, naming the option, its methods and what it was.
 */
export function readObject<Given extends object>(
  name: string,
  value: Given | undefined,
  fallback: Given,
  methods: readonly string[] = [],
): Given {
  if (value === undefined) return fallback;
  if (hasMethods(value, methods)) return value;
  throw refused(name, methods.length === 0 ? "an object" : `an object with ${methods.join(", ")}`, value);
}

/** The names that an object may have; a record, so that the compiler compares it with the interface. */
export type NamesOf<Given extends object> = { readonly [Name in keyof Required<Given>]: true };

/**
 * Options given together as an object. A name that it does not have is refused, because a misspelt one would be passed
 * over without a word. What was given instead is not repeated, for it may be a secret.
 *
 * @param name The option that holds them, such as `tls`.
 * @throws {@link WebhookError} `option_invalid`, naming the option, or the name at fault and the nearest it has.
 */
export function readGroup<Given extends object>(name: string, value: unknown, names: NamesOf<Given>): Partial<Given> {
  requireObject(value, `\`${name}\` is`, names, name);
  refuseUnknown(value, `\`${name}\``, names, `${name}.`);
  return value;
}

/**
 * The object that a function takes its options or arguments in; like {@link readGroup}.
 *
 * @param taker The function as its user writes it, such as `webhooks.list`.
 */
export function readArgument<Given extends object>(taker: string, value: unknown, names: NamesOf<Given>): Given {
  requireArgument(taker, value, names);
  refuseUnknown(value, taker, names, "");
  return value as Given;
}

/** Like {@link readArgument}, of an object that may have other names as well. */
export function requireArgument(taker: string, value: unknown, names: object): asserts value is object {
  requireObject(value, `${taker} takes`, names, "options");
}

function requireObject(value: unknown, subject: string, names: object, field: string): asserts value is object {
  if (isObject(value)) return;
  const expected = `an object, such as { ${Object.keys(names)[0] ?? ""} }`;
  throw new WebhookError("option_invalid", `${subject} ${expected}; it was ${kindOf(value)}.`, { field });
}

/** What is undefined is as good as left out. */
function refuseUnknown(value: object, subject: string, names: object, path: string): void {
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(names, name) || Reflect.get(value, name) === undefined) continue;
    const known = Object.keys(names);
    const message = `${subject} takes no ${quote(name)}${suggestion(name, known)} It takes ${known.join(", ")}.`;
    throw new WebhookError("option_invalid", message, { field: path + quote(name, "") });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (!isObject(value)) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === "function");
}

function refused(name: string, expected: string, value: unknown): WebhookError {
  return new WebhookError("option_invalid", `\`${name}\` is ${expected}; it was ${quote(value)}.`, { field: name });
}
