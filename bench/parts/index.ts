import type { Part } from "../part.js";
import { fanOut } from "./fan-out.js";
import { isolation } from "./isolation.js";
import { latency } from "./latency.js";
import { recovery } from "./recovery.js";
import { throughput } from "./throughput.js";

/** What the bench measures, by the name to ask for. */
export const parts: Readonly<Record<string, Part>> = { throughput, "fan-out": fanOut, latency, isolation, recovery };
