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
  let valuesOf: ((name: string) => unknown) | null = null;
  return (name) => {
    try {
      valuesOf ??= lookup(source);
      return oneOf(valuesOf(name.toLowerCase()) ?? valuesOf(name));
    } catch {
      return AMBIGUOUS;
    }
  };
}

function lookup(source: unknown): (name: string) => unknown {
  if (typeof source === "function") return (name) => (source as (name: string) => unknown)(name);
  if (typeof source !== "object" || source === null) return () => null;
  if ("get" in source && typeof source.get === "function") return (name) => (source as Headers).get(name);
  const index = byLowerCaseName(source);
  return (name) => index.get(name);
}

/** Own entries only, so that nothing is read off a prototype; two spellings of one name are two values. */
function byLowerCaseName(record: object): ReadonlyMap<string, readonly unknown[]> {
  const index = new Map<string, unknown[]>();
  for (const [key, value] of Object.entries(record) as [string, unknown][]) {
    const name = key.toLowerCase();
    index.set(name, [...(index.get(name) ?? []), ...listOf(value)]);
  }
  return index;
}

function oneOf(value: unknown): ReturnType<HeaderReader> {
  const values = listOf(value);
  if (values.length === 0) return null;
  const [first] = values;
  return values.length === 1 && typeof first === "string" ? first : AMBIGUOUS;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
