import { setTimeout } from "node:timers/promises";

const DEADLINE_MS = 30_000;
const PAUSE_MS = 20;

/** Asks again and again until the answer is yes. For what another process does in its own time. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > endsAt) throw new Error(`Not within ${DEADLINE_MS / 1_000} s: ${what}.`);
    await setTimeout(PAUSE_MS);
  }
}
