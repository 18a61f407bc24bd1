import { setTimeout } from "node:timers/promises";
import PgBoss from "pg-boss";
import { Countdown } from "../countdown.js";
import type { Contender, Job } from "../job.js";
import { DeliveryClient, MAX_ATTEMPTS, queuedDeliveries, RETRY_MS, type QueuedDelivery } from "../queued-delivery.js";
import { reportFirst } from "../report-first.js";

const QUEUE = "webhooks";
const LOOK_MS = 10;

/** Deliveries that a worker takes at a time, all of which end before it takes more. */
const BATCH = 5;

/** Connections of its pool. */
const CONNECTIONS = 20;

/** The shortest there is. */
const POLLING_SECONDS = 0.5;

/** A worker that died is noticed when a job of it has expired: not before an attempt must have ended. */
const SHORTEST_EXPIRY_SECONDS = 16;

/**
 * pg-boss and undici. Tuned as its documentation of `work` and of the constructor says
 * (github.com/timgit/pg-boss, docs/api/workers.md and constructor.md):
 * - several workers, each with a `batchSize`, together as many deliveries at a time as there may be;
 * - `notifyWorker`, "to bypass the job polling interval", whenever this process publishes and after each batch, since a
 *   worker otherwise rests until its interval has passed;
 * - the shortest polling interval there is, no order by priority, and a larger pool.
 *
 * A batch is completed as one; the deliveries of it that failed are failed for themselves before.
 */
export const contender: Contender = {
  async prepare(job) {
    const boss = new PgBoss({
      ...(job.place.postgresUrl === null ? {} : { connectionString: job.place.postgresUrl }),
      ...{ schema: job.place.name, max: CONNECTIONS, schedule: false, pollingIntervalSeconds: POLLING_SECONDS },
      ...(job.takeOverMs === null ? {} : { maintenanceIntervalSeconds: Math.ceil(job.takeOverMs / 1_000) }),
    });
    boss.on("error", reportFirst("pg-boss"));
    await boss.start();
    const retries = { retryLimit: MAX_ATTEMPTS - 1, retryDelay: RETRY_MS / 1_000, retryBackoff: true };
    const expiry = job.takeOverMs === null ? {} : { expireInSeconds: SHORTEST_EXPIRY_SECONDS };
    await boss.createQueue(QUEUE, { name: QUEUE, ...retries, ...expiry });
    const client = new DeliveryClient(job);
    const workers: string[] = [];
    let next = 0;
    const wake = (): void => {
      const worker = workers[next++ % workers.length];
      if (worker !== undefined) boss.notifyWorker(worker);
    };
    const deliveries = new Countdown(job.events * job.urls.length);
    const deliver = async (taken: PgBoss.Job<QueuedDelivery>[]): Promise<void> => {
      const results = await Promise.allSettled(taken.map(({ data }) => client.deliver(data)));
      const failed = taken.filter((_, index) => results[index]?.status === "rejected").map(({ id }) => id);
      if (failed.length > 0) await boss.fail(QUEUE, failed);
      for (let count = failed.length; count < taken.length; count += 1) deliveries.count();
      wake();
    };
    const many = job.delivers ? Math.ceil(job.inFlight / BATCH) : 0;
    for (let worker = 0; worker < many; worker += 1) {
      workers.push(await boss.work<QueuedDelivery>(QUEUE, { batchSize: BATCH, priority: false }, deliver));
    }
    return {
      async run(publishAll) {
        await publishAll(async (number) => {
          await add(boss, number, job);
          wake();
        });
        if (!job.delivers) return;
        await deliveries.done;
        await recorded(boss);
      },
      async close() {
        await boss.stop({ graceful: false });
        await client.close();
      },
    };
  },
};

function add(boss: PgBoss, number: number, job: Job): Promise<unknown> {
  const deliveries = queuedDeliveries(number, job);
  const [delivery] = deliveries;
  if (deliveries.length === 1 && delivery !== undefined) return boss.send(QUEUE, delivery);
  return boss.insert(deliveries.map((data) => ({ name: QUEUE, data })));
}

/** A batch is completed after its handler has ended, and nothing tells when. */
async function recorded(boss: PgBoss): Promise<void> {
  while ((await boss.getQueueSize(QUEUE, { before: "completed" })) > 0) await setTimeout(LOOK_MS);
}
