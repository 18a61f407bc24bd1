import type { Place } from "./place.js";

/** What every contender has to do: publish events, and get each to each endpoint, signed and recorded. */
export interface Job {
  /** One for each webhook. */
  readonly urls: readonly string[];
  readonly events: number;
  /** Callers that publish one event after the other, at the same time. */
  readonly callers: number;
  /** Events published a second, whatever becomes of those before; null is as fast as the callers get them accepted. */
  readonly perSecond: number | null;
  /** Requests at the same time, in all. */
  readonly inFlight: number;
  /** Requests at the same time to one webhook, where a contender can keep them apart. */
  readonly inFlightPerWebhook: number;
  /** What this process does of it. One that only delivers does so until it is told to end. */
  readonly publishes: boolean;
  readonly delivers: boolean;
  /** Whether each number of an event that was accepted is a line on the standard output, written before anything else. */
  readonly saysAccepted: boolean;
  /** Milliseconds after which the work of a process that died is to be taken over; null is the contender's default. */
  readonly takeOverMs: number | null;
  readonly place: Place;
}

/** A way to do a {@link Job}. */
export interface Contender {
  /** Everything that comes before the clock starts: connecting, migrating, registering. */
  prepare(job: Job): Promise<PreparedContender>;
}

/** Publishes one event, by its number, and resolves when it is accepted. */
export type Publish = (number: number) => Promise<unknown>;

export interface PreparedContender {
  /**
   * Resolves when every event was published and, in a process that delivers, delivered and recorded.
   *
   * @param publishAll Publishes all events of the job, each by a call of what it is given.
   */
  run(publishAll: (publish: Publish) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}
