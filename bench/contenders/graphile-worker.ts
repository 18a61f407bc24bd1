import { Logger, makeWorkerUtils, run, WorkerPreset, type Runner, type WorkerUtils } from "graphile-worker";
import { setTimeout } from "node:timers/promises";
import { Countdown } from "../countdown.js";
import type { Contender, Job } from "../job.js";
import { DeliveryClient, MAX_ATTEMPTS, queuedDeliveries, type QueuedDelivery } from "../queued-delivery.js";

const TASK = "delivery";
const LOOK_MS = 10;

/** Jobs that the local queue takes at a time, as in the project's own measurement. */
const LOCAL_QUEUE = 500;

/** Connections, as in the project's own measurement: one more than 24. */
const CONNECTIONS = 25;

/**
 * graphile-worker and undici. Tuned as its page "Performance" says (worker.graphile.org/docs/performance): a local queue,
 * so that jobs are taken in batches, and completions and failures written in batches without a delay; the sizes are those
 * with which the page has its best figures. Several jobs go by one `addJobs`. It logs nothing.
 *
 * A job of a process that died is free again after four hours, which no option changes.
 */
export const contender: Contender = {
  async prepare(job) {
    const preset = presetOf(job);
    const utils = await makeWorkerUtils({ preset });
    await utils.migrate();
    const client = new DeliveryClient(job);
    const deliveries = new Countdown(job.events * job.urls.length);
    const deliver = async (payload: unknown): Promise<void> => {
      await client.deliver(payload as QueuedDelivery);
      deliveries.count();
    };
    const runner: Runner | null = job.delivers
      ? await run({ preset, taskList: { [TASK]: deliver }, noHandleSignals: true })
      : null;
    return {
      async run(publishAll) {
        await publishAll((number) => add(utils, number, job));
        if (!job.delivers) return;
        await deliveries.done;
        await recorded(utils, job);
      },
      async close() {
        await runner?.stop();
        await utils.release();
        await client.close();
      },
    };
  },
};

function presetOf({ inFlight, place }: Job): GraphileConfig.Preset {
  return {
    extends: [WorkerPreset],
    worker: {
      ...(place.postgresUrl === null ? {} : { connectionString: place.postgresUrl }),
      ...{ schema: place.name, maxPoolSize: CONNECTIONS, concurrentJobs: inFlight },
      ...{ localQueue: { size: LOCAL_QUEUE }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      logger: new Logger(() => () => undefined),
    },
  };
}

function add(utils: WorkerUtils, number: number, job: Job): Promise<unknown> {
  const deliveries = queuedDeliveries(number, job);
  if (deliveries.length === 1) return utils.addJob(TASK, deliveries[0], { maxAttempts: MAX_ATTEMPTS });
  return utils.addJobs(deliveries.map((payload) => ({ identifier: TASK, payload, maxAttempts: MAX_ATTEMPTS })));
}

/** A job that is done is deleted; completions are written behind, and nothing tells when. */
async function recorded(utils: WorkerUtils, { place }: Job): Promise<void> {
  const isLeft = (): Promise<boolean> =>
    utils.withPgClient(async (client) => (await client.query(`select from ${place.name}.jobs limit 1`)).rowCount !== 0);
  while (await isLeft()) await setTimeout(LOOK_MS);
}
