/**
 * An endpoint that remembers when each event arrived at each of its paths. `/hang/…` never answers, `/fail/…` answers
 * 500, everything else 200. It can hold its answers back, so that requests are certainly under way when their sender is
 * killed. Started with an IPC channel.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { nowMs } from "./now.js";
import { numberOf } from "./sample-order.js";

/** What became of one event at one path. */
export interface Arrival {
  readonly path: string;
  readonly event: number;
  /** When its first request came. */
  readonly atMs: number;
  /** How often it was answered 200, and when first. */
  answered: number;
  answeredFirstAtMs: number;
}

export type EndpointTells =
  | { readonly kind: "listening"; readonly port: number }
  /** So many arrivals were answered 200. */
  | { readonly kind: "count"; readonly answered: number }
  | { readonly kind: "report"; readonly arrivals: readonly Arrival[] }
  /** As many requests are held as were to be. */
  | { readonly kind: "holding" };

export type EndpointOrder =
  | { readonly kind: "count" }
  | { readonly kind: "report" }
  /** Answers nothing more after so many requests, and tells when so many wait for an answer. */
  | { readonly kind: "hold"; readonly after: number; readonly held: number }
  /** Cuts what is held, and answers again. */
  | { readonly kind: "release" };

const arrivals = new Map<string, Arrival>();
const held: ServerResponse[] = [];
let answered = 0;
let requests = 0;
let hold = { after: Infinity, held: 0 };

const server = createServer((request, response) => {
  const path = request.url ?? "";
  const event = numberOf(String(request.headers["x-auraconnect-event-id"]));
  const arrival = arrivalOf(path, event);
  requests += 1;
  const mustWait = requests > hold.after;
  request.resume();
  request.once("end", () => {
    if (path.startsWith("/hang")) return;
    if (path.startsWith("/fail")) response.writeHead(500).end();
    else if (mustWait) keep(response);
    else answer(arrival, response);
  });
});

function arrivalOf(path: string, event: number): Arrival {
  const key = `${path} ${event}`;
  let arrival = arrivals.get(key);
  if (arrival === undefined) {
    arrival = { path, event, atMs: nowMs(), answered: 0, answeredFirstAtMs: 0 };
    arrivals.set(key, arrival);
  }
  return arrival;
}

function answer(arrival: Arrival, response: ServerResponse): void {
  if (arrival.answered === 0) {
    answered += 1;
    arrival.answeredFirstAtMs = nowMs();
  }
  arrival.answered += 1;
  response.end("ok");
}

function keep(response: ServerResponse): void {
  held.push(response);
  if (held.length === hold.held) tell({ kind: "holding" });
}

function obey(order: EndpointOrder): void {
  switch (order.kind) {
    case "count":
      tell({ kind: "count", answered });
      break;
    case "report":
      tell({ kind: "report", arrivals: [...arrivals.values()] });
      break;
    case "hold":
      hold = order;
      break;
    case "release":
      hold = { after: Infinity, held: 0 };
      for (const response of held.splice(0)) response.destroy();
  }
}

function tell(message: EndpointTells): void {
  process.send?.(message);
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  tell({ kind: "listening", port: (server.address() as AddressInfo).port });
});
process.on("message", obey);
process.once("disconnect", () => process.exit());
