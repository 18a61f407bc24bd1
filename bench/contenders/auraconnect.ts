import { memoryStore } from "@auraconnect/webhooks/memory";
import { createSender, type Sender } from "@auraconnect/webhooks/sender";
import type { OpenedStore } from "../../test/workers/shared-store.js";
import { Countdown } from "../countdown.js";
import type { Contender } from "../job.js";
import { openStores } from "../open-stores.js";
import type { Place } from "../place.js";
import { eventIdOf, sampleOrder } from "../sample-order.js";
import { SECRET } from "../signed-request.js";

/** This package on one of its stores. */
export function auraconnect(name: string): Contender {
  return {
    async prepare(job) {
      const { store, close } = open(name, job.place);
      const sender = createSender({
        ...{ store, plaintextSecrets: true, rateLimit: false, leaseMs: job.takeOverMs ?? undefined },
        ...{ concurrency: job.inFlight, concurrencyPerWebhook: job.inFlightPerWebhook },
        addressPolicy: { allowHttp: true, allowNetworks: ["127.0.0.0/8"] },
      });
      await register(sender, job.urls);
      if (job.delivers) await sender.start();
      return {
        async run(publishAll) {
          const deliveries = new Countdown(job.events * job.urls.length);
          sender.on("delivery.succeeded", () => {
            deliveries.count();
          });
          await publishAll((number) => sender.publish("order.created", sampleOrder(number), { id: eventIdOf(number) }));
          if (job.delivers) await deliveries.done;
        },
        async close() {
          await sender.stop();
          await close();
        },
      };
    },
  };
}

function open(name: string, place: Place): OpenedStore {
  if (name === "memory") return { store: memoryStore(), close: () => Promise.resolve() };
  const openStore = openStores[name];
  if (openStore === undefined) throw new Error(`There is no store ${name}.`);
  return openStore(place);
}

/** The first process of a place registers the webhooks. */
async function register(sender: Sender, urls: readonly string[]): Promise<void> {
  const { webhooks } = await sender.webhooks.list();
  if (webhooks.length > 0) return;
  for (const url of urls) await sender.webhooks.create({ url, events: ["*"], secret: SECRET });
}
