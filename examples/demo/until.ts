import { setTimeout as wait } from "node:timers/promises";

/** Resolves when `holds` answers true; asks every few milliseconds. Rejects after `timeoutMs`, saying what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const endsAtMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > endsAtMs) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`);
    await wait(5);
  }
}
