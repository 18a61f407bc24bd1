import { Pool } from "undici";
import type { Job } from "./job.js";
import { serializedEvent, signedHeaders, type SerializedEvent } from "./signed-request.js";

/** What a job queue keeps of one delivery. */
export interface QueuedDelivery extends SerializedEvent {
  readonly url: string;
}

/** The event with this number, once for each webhook. */
export function queuedDeliveries(number: number, { urls }: Job): readonly QueuedDelivery[] {
  const event = serializedEvent(number);
  return urls.map((url) => ({ ...event, url }));
}

/** Attempts at a delivery: the first and five retries, as this package makes them. */
export const MAX_ATTEMPTS = 6;

/** Milliseconds before the first retry, as with this package. */
export const RETRY_MS = 10_000;

const ATTEMPT_TIMEOUT_MS = 15_000;

/** What a user of a job queue writes around undici. All webhooks of the bench are on one origin. */
export class DeliveryClient {
  readonly #pool: Pool;

  constructor({ urls: [url = ""], inFlight }: Job) {
    const timeouts = { headersTimeout: ATTEMPT_TIMEOUT_MS, bodyTimeout: ATTEMPT_TIMEOUT_MS };
    this.#pool = new Pool(new URL(url).origin, { connections: inFlight, ...timeouts });
  }

  /** Rejects when the endpoint did not take it. */
  async deliver(delivery: QueuedDelivery): Promise<void> {
    const path = new URL(delivery.url).pathname;
    const headers = signedHeaders(delivery);
    const { statusCode, body } = await this.#pool.request({ method: "POST", path, headers, body: delivery.body });
    await body.dump();
    if (statusCode < 200 || statusCode > 299) throw new Error(`The endpoint answered ${statusCode}.`);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
