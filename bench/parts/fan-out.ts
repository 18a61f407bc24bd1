import type { Part, Scale } from "../part.js";
import { TARGETS } from "../targets.js";
import { measureRates } from "./rate.js";

const EVENTS: Readonly<Record<Scale, number>> = { full: 2_000, quick: 500, smoke: 10 };

/** How fast one event gets to many endpoints. */
export const fanOut: Part = {
  title: "Fan-out",
  takesPart: ({ onlyIsolates }) => onlyIsolates !== true,
  describe: ({ scale, rounds }) =>
    `${EVENTS[scale].toLocaleString("en")} events of 600 bytes, published one by one by 256 callers, to ten webhooks each, ` +
    `100 requests in flight, everything recorded. Each contender alone in its process, in turns; median of ${rounds}.`,
  run: (order) =>
    measureRates(order, {
      ...{ webhooks: 10, events: EVENTS[order.scale] },
      targetOf: (name) => TARGETS[name]?.fanOut,
    }),
};
