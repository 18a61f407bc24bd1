import { WebhookError } from "../errors.js";
import { quote } from "../domain/quote.js";
import { operationOf, type Operation } from "./operations.js";
import { ROUTES, type HttpMethod, type OperationName } from "./routes.js";

/** Longer ids are nobody's. */
const MAX_ID_LENGTH = 256;

/** The longest target that is looked at. */
const MAX_TARGET_LENGTH = 8_192;

/** Which operation a request is for. */
export interface RoutedCall {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

interface Candidate {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly steps: readonly string[];
}

// Paths without parameters stand before those with, so that `/event-types` is no webhook.
const CANDIDATES: readonly Candidate[] = (Object.keys(ROUTES) as OperationName[])
  .map((name) => ({ name, operation: operationOf(name), steps: stepsOf(operationOf(name).path) }))
  .sort((a, b) => countParameters(a.steps) - countParameters(b.steps));

/**
 * Finds the operation of a request. `HEAD` is taken for `GET`. A slash at the end makes no difference.
 *
 * @throws {@link WebhookError} `route_not_found`.
 * @returns The methods that the path has, where the request's is none of them.
 */
export function route(method: string, target: string): RoutedCall | readonly HttpMethod[] {
  const [path = "", query = ""] = target.slice(0, MAX_TARGET_LENGTH).split(/\?(.*)/s, 2);
  const steps = stepsOf(path);
  const found = CANDIDATES.flatMap((candidate) => {
    const parameters = match(candidate.steps, steps);
    return parameters === null ? [] : [{ ...candidate, parameters }];
  });
  const [best] = found;
  if (best === undefined || target.length > MAX_TARGET_LENGTH) {
    throw new WebhookError("route_not_found", `The management API has nothing under ${quote(path)}.`);
  }
  const wanted = method === "HEAD" ? "GET" : method;
  // A path that is fixed and one with a parameter may both fit; then the method decides only among equals.
  const equals = found.filter(({ steps: other }) => countParameters(other) === countParameters(best.steps));
  const call = equals.find(({ operation }) => (operation.methods as readonly string[]).includes(wanted));
  if (call === undefined) return equals.flatMap(({ operation }) => operation.methods);
  const { name, operation, parameters } = call;
  return { name, operation, parameters, query: new URLSearchParams(query) };
}

function stepsOf(path: string): readonly string[] {
  return path.replace(/\/$/, "").split("/").slice(1);
}

function countParameters(steps: readonly string[]): number {
  return steps.filter((step) => step.startsWith("{")).length;
}

function match(pattern: readonly string[], steps: readonly string[]): Record<string, string> | null {
  if (pattern.length !== steps.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const step = steps[index] ?? "";
    if (expected.startsWith("{")) {
      const value = decode(step);
      if (value === null) return null;
      parameters[expected.slice(1, -1)] = value;
    } else if (step !== expected) {
      return null;
    }
  }
  return parameters;
}

/** An id from a path; null for what cannot be one. */
function decode(step: string): string | null {
  try {
    const value = decodeURIComponent(step);
    return value === "" || value.length > MAX_ID_LENGTH ? null : value;
  } catch {
    return null;
  }
}
