import { setTimeout as wait } from "node:timers/promises";
import type { SimulatedClock } from "@auraconnect/webhooks/testing";

/** Resolves when `holds` answers true; asks every few milliseconds of real time. Rejects, saying what, after 30 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > endsAt) throw new Error(`Waited 30 s in vain until ${what}.`);
    await wait(5);
  }
}

/** Like {@link until}, with simulated time going on by `stepMs` at each look; real sockets get real time in between. */
export function untilInTime(
  clock: SimulatedClock,
  what: string,
  holds: () => boolean | Promise<boolean>,
  stepMs = 50,
): Promise<void> {
  return until(what, async () => {
    await clock.jump(stepMs);
    return holds();
  });
}
