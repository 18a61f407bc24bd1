import { quote } from "../domain/quote.js";

/** What a host's request may hold under a header's name. */
export type HeaderValue = string | readonly string[] | null | undefined;

/**
 * Where a receiver looks headers up: a `Headers`, a record with names in any case, or a function. A function is asked
 * for the name in lower case first and then as it is documented.
 */
export type HeaderSource =
  ((name: string) => HeaderValue) | { get(name: string): HeaderValue } | Readonly<Record<string, HeaderValue>>;

/** Stands for a header that has more than one value, or one that cannot be read. */
export const AMBIGUOUS = Symbol("ambiguous header");

/** Answers the one value of a header, or null where it is absent. Never throws. */
export type HeaderReader = (name: string) => string | null | typeof AMBIGUOUS;

/** What a header says, as it may stand in an error message. */
export function quoteHeader(value: string | typeof AMBIGUOUS): string {
  return value === AMBIGUOUS ? "more than one value" : quote(value);
}

/** Makes one way to read headers of the three in which hosts give them. */
export function headerReader(source: HeaderSource): HeaderReader {
  let valueOf: ((name: string, documented: string) => unknown) | null = null;
  return (name) => {
    try {
      valueOf ??= lookup(source);
      return oneOf(valueOf(name.toLowerCase(), name));
    } catch {
      return AMBIGUOUS;
    }
  };
}

function lookup(source: unknown): (name: string, documented: string) => unknown {
  if (typeof source === "function") return inEitherCase((name) => (source as (name: string) => unknown)(name));
  if (typeof source !== "object" || source === null) return () => null;
  if ("get" in source && typeof source.get === "function") return inEitherCase((name) => (source as Headers).get(name));
  const record = source as Readonly<Record<string, unknown>>;
  // Own names only, so that nothing is read off a prototype.
  const keys = Object.keys(record);
  return (name) => valueUnder(name, record, keys);
}

function inEitherCase(ask: (name: string) => unknown) {
  return (name: string, documented: string): unknown => ask(name) ?? ask(documented);
}

/** Two spellings of one name are two values. A few comparisons of lengths cost less than an index of all headers. */
function valueUnder(name: string, record: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  let found: unknown;
  for (const key of keys) {
    if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue;
    const value = record[key];
    found = found === undefined || found === null ? value : [...listOf(found), ...listOf(value)];
  }
  return found;
}

function oneOf(value: unknown): ReturnType<HeaderReader> {
  if (typeof value === "string") return value;
  const values = listOf(value);
  if (values.length === 0) return null;
  const [first] = values;
  return values.length === 1 && typeof first === "string" ? first : AMBIGUOUS;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
