import { describe, expect, test } from "vitest";
import { everyDay, faces, onePublish, payloadsAlone, typeChecker, wholeCatalog } from "./many-event-types.js";

const TYPES = 300;
const SECOND = 1_000;
const TIMEOUT_MS = 120_000;

/** On a machine so busy that zod's own part takes long as well, a second is that many times its time. */
const TIMES_THE_PAYLOADS = 3;
const MAX_ROUNDS = 4;

const check = typeChecker();

function instantiations(source: string): number {
  const checked = check(source);
  expect(checked.errors).toEqual([]);
  return checked.instantiations;
}

/** The least of several rounds: whatever else the machine does only ever adds to one. */
function measure(): { readonly programMs: number; readonly payloadsMs: number } {
  const programs = { program: faces(TYPES) + wholeCatalog + everyDay(TYPES), payloads: payloadsAlone(TYPES) };
  const least = { program: Infinity, payloads: Infinity };
  for (let round = 0; round < MAX_ROUNDS && !(least.program - least.payloads < SECOND); round += 1) {
    for (const name of ["program", "payloads"] as const) {
      least[name] = Math.min(least[name], check(programs[name]).durationMs);
    }
  }
  return { programMs: least.program, payloadsMs: least.payloads };
}

// The limits are counts of what the compiler makes, with a quarter to spare; they do not depend on the machine.
describe("300 event types", () => {
  const made = instantiations(faces(TYPES));

  test("cost one publish nothing: it looks into one payload", { timeout: TIMEOUT_MS }, () => {
    expect(instantiations(faces(TYPES) + onePublish) - made).toBeLessThan(1_000);
  });

  test("can be narrowed by `event.type` without a look into the other payloads", { timeout: TIMEOUT_MS }, () => {
    expect((instantiations(faces(TYPES) + wholeCatalog) - made) / TYPES).toBeLessThan(60);
  });

  test("published and handled, cost little more than zod's types of the same payloads", { timeout: TIMEOUT_MS }, () => {
    const program = instantiations(faces(TYPES) + wholeCatalog + everyDay(TYPES));
    expect((program - instantiations(payloadsAlone(TYPES))) / TYPES).toBeLessThan(200);
  });

  test("are checked in less than a second more than zod's types", { timeout: TIMEOUT_MS }, () => {
    const { programMs, payloadsMs } = measure();
    console.log(
      `300 event types, published and handled, take ${Math.round(programMs)} ms to check; zod's part alone takes ${Math.round(payloadsMs)} ms.`,
    );
    expect(programMs - payloadsMs).toBeLessThan(Math.max(SECOND, TIMES_THE_PAYLOADS * payloadsMs));
  });

  test("hide no mistake among them", { timeout: TIMEOUT_MS }, () => {
    const { errors } = check(
      (faces(TYPES) + everyDay(TYPES))
        .replace('on("group_4.*"', 'on("group_44.*"')
        .replace("value_40.toFixed", "value_41.toFixed")
        .replace('{ id: "a", value_42: 1, lines', "{ id: 7, value_42: 1, lines"),
    );
    expect(errors).toContainEqual(expect.stringContaining('"group_44.*"'));
    expect(errors).toContainEqual(expect.stringContaining("'value_41' does not exist"));
  });
});
