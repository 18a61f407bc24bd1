import { randomUUID } from "node:crypto";
import { isSuccess, stepAfterAttempt } from "../domain/next-step.js";
import { AURACONNECT_RETRY_SCHEDULE, type RetrySchedule } from "../domain/retry-schedule.js";
import type { AuraConnectCatalog } from "../protocol/auraconnect-events.js";
import type { EventCatalog, EventPayload, EventType } from "../protocol/event-catalog.js";
import type { RequestReceiver } from "../receiver/receiver.js";
import { signedRequest, type SignedRequest } from "./signed-request.js";
import type { SimulatedClock } from "./simulated-clock.js";

/** Takes one request and answers its status, such as a host under test; what it throws is a connection that failed. */
export type FakeEndpoint = (request: SignedRequest) => Promise<FakeAnswer>;

/** What of an answer counts for a sender. Names of headers are in lower case. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Options of {@link fakeSender}. */
export interface FakeSenderOptions<Catalog extends EventCatalog = AuraConnectCatalog> {
  /** Where it sends: a URL, a receiver, or a function. */
  readonly to: string | RequestReceiver | FakeEndpoint;
  readonly secret: string;
  /** The clock of the receiver under test. It is moved forward by each delay; without one, retries are made at once. */
  readonly clock?: SimulatedClock | undefined;
  /** Milliseconds before each retry. Defaults to the documented schedule. There is no jitter. */
  readonly retrySchedule?: RetrySchedule | undefined;
  /** How often each attempt is sent, at the same moment: the same event twice is what a receiver must stand. Defaults to 1. */
  readonly copies?: number | undefined;
  /** Of how many successful attempts the answer is lost, so that the event is sent again though it was taken. Defaults to 0. */
  readonly lostAnswers?: number | undefined;
  /** Defaults to `webhook_test`. */
  readonly webhookId?: string | undefined;
  /** Where types are found. Defaults to the event types of the AuraConnect documentation. */
  readonly events?: Catalog | undefined;
}

/** What may be chosen of an event. */
export interface FakeEventOptions<Payload> {
  /** Defaults to the sample of the type. */
  readonly object?: Payload | undefined;
  /** Defaults to a fresh one. */
  readonly id?: string | undefined;
}

/** What came of an event. */
export interface FakeDelivery {
  readonly id: string;
  /** Whether the sender got a success in the end. */
  readonly delivered: boolean;
  /** The statuses of each attempt, a number for each copy; null where the connection failed. */
  readonly attempts: readonly (readonly (number | null)[])[];
}

/** A sender for tests of a receiver. */
export interface FakeSender<Catalog extends EventCatalog = AuraConnectCatalog> {
  /** Sends an event until it is taken or no retry is left. */
  send<Type extends EventType<Catalog>>(
    type: Type,
    options?: FakeEventOptions<EventPayload<Catalog, Type>>,
  ): Promise<FakeDelivery>;
}

/**
 * A sender that does to a receiver what a real one may: it signs each attempt anew, retries by the schedule and by
 * `Retry-After`, sends an event twice at the same moment, and sends it again after it was taken.
 *
 * ```ts
 * const sender = fakeSender({ to: receiver, secret, copies: 2, lostAnswers: 1 });
 * await sender.send("order.created");
 * ```
 */
export function fakeSender<Catalog extends EventCatalog = AuraConnectCatalog>(
  options: FakeSenderOptions<Catalog>,
): FakeSender<Catalog> {
  const { to, secret, clock, webhookId = "webhook_test", copies = 1, lostAnswers = 0 } = options;
  const schedule = options.retrySchedule ?? AURACONNECT_RETRY_SCHEDULE;
  const endpoint = endpointOf(to);
  const now = (): number => clock?.now() ?? Date.now();

  const attempt = async (request: SignedRequest): Promise<readonly (FakeAnswer | null)[]> =>
    Promise.all(Array.from({ length: copies }, () => endpoint(request).catch(() => null)));

  return {
    async send(type, { object, id = `evt_test_${randomUUID()}` } = {}) {
      const createdAt = now();
      const event = { type, secret, id, webhookId, created: new Date(createdAt).toISOString() };
      const given = { ...(object === undefined ? {} : { object }), ...(options.events && { events: options.events }) };
      const attempts: (number | null)[][] = [];
      let lost = 0;
      for (;;) {
        const answers = await attempt(signedRequest({ ...event, ...given, now: now() }));
        attempts.push(answers.map((answer) => answer?.status ?? null));
        // Of several copies the last answer is the one that arrives.
        let answer = answers.at(-1) ?? null;
        if (answer !== null && isSuccess(answer.status) && lost < lostAnswers) {
          lost += 1;
          answer = null;
        }
        const result =
          answer === null
            ? ({ kind: "failure" } as const)
            : ({ kind: "response", status: answer.status, headers: answer.headers ?? {} } as const);
        const finished = {
          result,
          schedule,
          attempts: attempts.length,
          eventCreatedAt: createdAt,
          now: now(),
          random: 0,
        };
        const next = stepAfterAttempt(finished);
        if (next.kind !== "retry") return { id, delivered: next.kind === "success", attempts };
        await clock?.advance(next.delayMs);
      }
    },
  };
}

function endpointOf(to: string | RequestReceiver | FakeEndpoint): FakeEndpoint {
  if (typeof to === "function") return to;
  if (typeof to === "string") {
    return async (request) => {
      const response = await fetch(to, { ...request, redirect: "manual" });
      await response.arrayBuffer();
      return { status: response.status, headers: Object.fromEntries(response.headers) };
    };
  }
  return async ({ method, headers, body }) => {
    const reply = await to.receive({ method, header: headers, body });
    const lowerCase = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return { status: reply.status, headers: Object.fromEntries(lowerCase) };
  };
}
