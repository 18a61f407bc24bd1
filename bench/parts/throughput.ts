import type { Part, Scale } from "../part.js";
import { TARGETS } from "../targets.js";
import { measureRates } from "./rate.js";

const EVENTS: Readonly<Record<Scale, number>> = { full: 20_000, quick: 5_000, smoke: 100 };

/** How fast many callers get their events to one endpoint. */
export const throughput: Part = {
  title: "Throughput",
  takesPart: ({ onlyIsolates }) => onlyIsolates !== true,
  describe: ({ scale, rounds }) =>
    `${EVENTS[scale].toLocaleString("en")} events of 600 bytes, published one by one by 256 callers, to one webhook, 100 ` +
    `requests in flight, everything recorded. Each contender alone in its process, in turns; median of ${rounds}.`,
  run: (order) =>
    measureRates(order, {
      ...{ webhooks: 1, events: EVENTS[order.scale] },
      targetOf: (name) => TARGETS[name]?.throughput,
    }),
};
