import { Pool } from "undici";
import type { Contender } from "../job.js";
import { serializedEvent, signedHeaders } from "../signed-request.js";

/** What the machine can do at all: the same signed requests from pools of undici's, and nothing kept. */
export const contender: Contender = {
  prepare(job) {
    const { urls, inFlight } = job;
    const connections = Math.ceil(inFlight / urls.length);
    const endpoints = urls.map((url) => {
      const { origin, pathname } = new URL(url);
      return { pool: new Pool(origin, { connections }), path: pathname };
    });
    const send = async ({ pool, path }: { readonly pool: Pool; readonly path: string }, number: number) => {
      const event = serializedEvent(number);
      const { body } = await pool.request({ method: "POST", path, headers: signedHeaders(event), body: event.body });
      await body.dump();
    };
    const sendAll = async (): Promise<void> => {
      let next = 0;
      const total = job.events * endpoints.length;
      const worker = async (): Promise<void> => {
        while (next < total) {
          const index = next++;
          const endpoint = endpoints[index % endpoints.length];
          if (endpoint !== undefined) await send(endpoint, Math.floor(index / endpoints.length));
        }
      };
      await Promise.all(Array.from({ length: inFlight }, worker));
    };
    return Promise.resolve({
      async run(publishAll) {
        if (job.perSecond === null) await sendAll();
        else await publishAll((number) => Promise.all(endpoints.map((endpoint) => send(endpoint, number))));
      },
      async close() {
        await Promise.all(endpoints.map(({ pool }) => pool.close()));
      },
    });
  },
};
