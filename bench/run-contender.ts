import { Child } from "./child.js";
import type { ContenderOrder, ContenderTells } from "./contender-process.js";
import type { Deadline } from "./deadline.js";
import type { Job } from "./job.js";
import { inPlace, type Place } from "./place.js";
import type { Servers } from "./servers.js";

export type ContenderChild = Child<ContenderTells, ContenderOrder>;

/** What a job is made of but for the place, which is made for it. */
export type JobPlan = Pick<Job, "urls" | "events" | "inFlight"> & Partial<Omit<Job, "place">>;

/** A contender's process that is ready, in a place of its own until `use` has ended. */
export async function withContender<Result>(
  servers: Servers,
  name: string,
  plan: JobPlan,
  deadline: Deadline,
  use: (child: ContenderChild) => Promise<Result>,
): Promise<Result> {
  return inPlace(servers, async (place) => {
    const child = await startContender(name, jobOf(plan, place), deadline);
    try {
      const result = await use(child);
      child.order("end");
      await child.ended();
      return result;
    } finally {
      await child.kill();
    }
  });
}

/** Starts a contender's process. Resolves when it is ready; kills it if that is not in time. */
export async function startContender(
  name: string,
  job: Job,
  deadline: Deadline,
  onLine?: (line: string) => void,
): Promise<ContenderChild> {
  const child: ContenderChild = new Child("contender-process.ts", [name, JSON.stringify(job)], onLine);
  try {
    await child.told("ready", deadline);
    return child;
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/** A plan with everything that it leaves open. */
export function jobOf(plan: JobPlan, place: Place): Job {
  return {
    ...{ callers: 1, perSecond: null, publishes: true, delivers: true, saysAccepted: false, takeOverMs: null },
    inFlightPerWebhook: Math.ceil(plan.inFlight / plan.urls.length),
    ...plan,
    place,
  };
}
