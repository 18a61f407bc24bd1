import { WebhookError } from "../errors.js";
import { nearest } from "./nearest.js";
import { quote } from "./quote.js";

/** The most patterns that one webhook subscribes with. */
export const MAX_PATTERNS = 100;

/**
 * Checks what a caller gave as `events`: 1 to 100 patterns, each an exact known event type, `<group>.*` of a known
 * group, or `*`, in the same case. Answers them in the same order, each once.
 *
 * @param knownTypes Every event type that can be published. Its group is what stands before its first dot.
 * @throws {@link WebhookError} `pattern_invalid`, which names the nearest valid pattern; its `field` is `events[1]`.
 */
export function validatePatterns(patterns: unknown, knownTypes: readonly string[]): readonly string[] {
  if (!Array.isArray(patterns)) {
    throw refuse("events", `\`events\` is a list of patterns, such as ["order.*"]; it was ${quote(patterns)}.`);
  }
  const given: readonly unknown[] = patterns;
  if (given.length === 0 || given.length > MAX_PATTERNS) {
    throw refuse(
      "events",
      `\`events\` lists 1 to ${MAX_PATTERNS} patterns; it lists ${given.length}. \`*\` subscribes to every event.`,
    );
  }
  const valid = patternsOf(knownTypes);
  const checked = new Set<string>();
  for (const [index, pattern] of given.entries()) checked.add(checkPattern(pattern, `events[${index}]`, valid));
  return [...checked];
}

/**
 * Checks one pattern, like {@link validatePatterns}.
 *
 * @param field What the caller calls it.
 * @param valid What {@link patternsOf} answers.
 */
export function checkPattern(pattern: unknown, field: string, valid: ReadonlySet<string>): string {
  if (typeof pattern !== "string")
    throw refuse(field, `\`${field}\` is a pattern, which is a string; it was ${quote(pattern)}.`);
  if (valid.has(pattern)) return pattern;
  const problem = pattern === "" ? "An empty string" : quote(pattern);
  const expected = "A pattern is a known event type, `<group>.*` or `*`.";
  throw refuse(field, `${problem} is not a pattern; did you mean \`${likeliest(pattern, valid)}\`? ${expected}`);
}

/** Every pattern that matches some of the known event types. */
export function patternsOf(knownTypes: readonly string[]): ReadonlySet<string> {
  const valid = new Set(knownTypes);
  for (const type of knownTypes) {
    const dot = type.indexOf(".");
    if (dot > 0) valid.add(`${type.slice(0, dot)}.*`);
  }
  return valid.add("*");
}

/** The first of the patterns that matches an event type, or `null`. Patterns must have been validated. */
export function matchesPattern(patterns: readonly string[], type: string): string | null {
  for (const pattern of patterns) if (matchesOne(pattern, type)) return pattern;
  return null;
}

/** Whether one pattern matches an event type. It must have been validated. */
export function matchesOne(pattern: string, type: string): boolean {
  if (pattern === type) return true;
  const prefixLength = pattern.length - 1;
  if (pattern.charCodeAt(prefixLength) !== ASTERISK || type.length <= prefixLength) return false;
  for (let index = 0; index < prefixLength; index += 1) {
    if (pattern.charCodeAt(index) !== type.charCodeAt(index)) return false;
  }
  return true;
}

const ASTERISK = 42;

/** What is likeliest meant: a group by its bare name, or else the valid pattern that takes the fewest edits. */
function likeliest(pattern: string, valid: ReadonlySet<string>): string {
  const group = `${pattern.trim().toLowerCase()}.*`;
  return valid.has(group) ? group : (nearest(pattern, valid) ?? "*");
}

function refuse(field: string, message: string): WebhookError {
  return new WebhookError("pattern_invalid", message, { field });
}
