import { contenders, type ContenderEntry } from "./contenders/index.js";

/**
 * Who takes part: everybody where nothing is asked for; else those that are named, and for stores this package on them
 * beside the ceiling that they are compared with.
 *
 * @throws `Error` that lists the names there are.
 */
export function chooseContenders(
  names: readonly string[],
  stores: readonly string[],
): ReadonlyMap<string, ContenderEntry> {
  for (const name of names) refuseUnknown("--contender", name, Object.keys(contenders));
  for (const store of stores) refuseUnknown("--store", store, ours());
  const asked = new Set([...names, ...stores, ...(stores.length > 0 ? ["ceiling"] : [])]);
  return new Map(Object.entries(contenders).filter(([name]) => asked.size === 0 || asked.has(name)));
}

function ours(): readonly string[] {
  return Object.entries(contenders).flatMap(([name, { kind }]) => (kind === "ours" ? [name] : []));
}

function refuseUnknown(option: string, given: string, known: readonly string[]): void {
  if (!known.includes(given)) throw new Error(`${option} is one of ${known.join(", ")}, not ${given}.`);
}
