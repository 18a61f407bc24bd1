import { setTimeout } from "node:timers/promises";
import type { Job, Publish } from "./job.js";

/** Publishes all events of a job, at its pace. Resolves when all are accepted. */
export async function publishAll({ events, callers, perSecond }: Job, publish: Publish): Promise<void> {
  if (perSecond === null) await byCallers(events, callers, publish);
  else await atPace(events, perSecond, publish);
}

async function byCallers(events: number, callers: number, publish: Publish): Promise<void> {
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < events) await publish(next++);
  };
  await Promise.all(Array.from({ length: callers }, call));
}

async function atPace(events: number, perSecond: number, publish: Publish): Promise<void> {
  const startedAt = performance.now();
  const accepted: Promise<unknown>[] = [];
  for (let number = 0; number < events; number += 1) {
    const waitMs = startedAt + (number * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
    accepted.push(publish(number));
  }
  await Promise.all(accepted);
}
