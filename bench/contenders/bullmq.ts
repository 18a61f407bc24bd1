import { Queue, Worker } from "bullmq";
import { Countdown } from "../countdown.js";
import type { Contender, Job } from "../job.js";
import { DeliveryClient, MAX_ATTEMPTS, queuedDeliveries, RETRY_MS, type QueuedDelivery } from "../queued-delivery.js";
import { reportFirst } from "../report-first.js";

/**
 * BullMQ and undici. Tuned as BullMQ's guide says:
 * - `concurrency` of a worker for work that waits for the network (docs.bullmq.io/guide/workers/concurrency);
 * - several jobs by one `addBulk` (docs.bullmq.io/guide/queues/adding-bulks);
 * - `maxRetriesPerRequest: null` for workers, an append-only file synced every second and `noeviction`
 *   (docs.bullmq.io/guide/going-to-production).
 *
 * Finished jobs are kept, as is the default: a webhook sender needs its log. ioredis' auto-pipelining stays off, because
 * users report lost jobs with it (github.com/taskforcesh/bullmq/issues/457).
 *
 * @param queues One for all webhooks, or one with a worker of its own for each.
 */
export function bullmq(queues: "one" | "one-per-webhook"): Contender {
  return {
    async prepare(job) {
      const names = queues === "one" ? ["webhooks"] : job.urls.map((_, index) => `webhook-${index}`);
      const { url, prefix } = { url: new URL(job.place.redisUrl ?? ""), prefix: job.place.name };
      const connection = { host: url.hostname, port: Number(url.port) };
      const retries = { attempts: MAX_ATTEMPTS, backoff: { type: "exponential", delay: RETRY_MS } };
      const opened = names.map(
        (name) => new Queue<QueuedDelivery>(name, { connection, prefix, defaultJobOptions: retries }),
      );
      const client = new DeliveryClient(job);
      const deliveries = new Countdown(job.events * job.urls.length);
      const reportError = reportFirst("BullMQ");
      const startWorker = (name: string): Worker<QueuedDelivery> => {
        const settings = {
          ...{ connection: { ...connection, maxRetriesPerRequest: null }, prefix },
          concurrency: Math.ceil(job.inFlight / names.length),
          // A job whose worker does not renew its lock is taken over by the next look at stalled ones.
          ...(job.takeOverMs === null ? {} : { lockDuration: job.takeOverMs, stalledInterval: job.takeOverMs }),
        };
        const worker = new Worker<QueuedDelivery>(name, ({ data }) => client.deliver(data), settings);
        worker.on("error", reportError);
        // Told when Redis has recorded it.
        worker.on("completed", () => {
          deliveries.count();
        });
        return worker;
      };
      const workers = job.delivers ? names.map(startWorker) : [];
      await Promise.all([...opened, ...workers].map((used) => used.waitUntilReady()));
      return {
        async run(publishAll) {
          await publishAll((number) => add(opened, number, job));
          if (job.delivers) await deliveries.done;
        },
        async close() {
          await Promise.all(workers.map((worker) => worker.close()));
          await Promise.all(opened.map((queue) => queue.close()));
          await client.close();
        },
      };
    },
  };
}

function add(queues: readonly Queue<QueuedDelivery>[], number: number, job: Job): Promise<unknown> {
  const [first, ...others] = queues;
  const deliveries = queuedDeliveries(number, job);
  const [delivery] = deliveries;
  if (first === undefined || delivery === undefined) return Promise.resolve();
  if (deliveries.length === 1) return first.add("delivery", delivery);
  if (others.length === 0) return first.addBulk(deliveries.map((data) => ({ name: "delivery", data })));
  return Promise.all(queues.map((queue, index) => queue.add("delivery", deliveries[index] ?? delivery)));
}
