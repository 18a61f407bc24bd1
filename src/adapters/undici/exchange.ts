import type { Dispatcher } from "undici";
import type { Clock } from "../../ports/clock.js";
import type { TransportFailureReason, TransportRequest, TransportResult } from "../../ports/transport.js";
import { failureOf, isClosedConnection } from "./exchange-failure.js";
import { ResponseBody } from "./response-body.js";

/** Where a request goes, as undici wants it. */
export interface Target {
  readonly origin: string;
  readonly path: string;
}

/** What an exchange is made of. `done` is called once. */
export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly target: Target;
  readonly request: TransportRequest;
  readonly clock: Clock;
  readonly done: (result: TransportResult) => void;
}

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** How far an exchange has come: waiting for a connection, for the response, for the rest of it, or ended. */
type Phase = "connecting" | "sent" | "responding" | "ended";

const TIMED_OUT: Readonly<Record<Exclude<Phase, "ended">, string>> = {
  connecting: "No connection could be made",
  sent: "The endpoint did not answer",
  responding: "The endpoint did not finish its answer",
};

/**
 * One request and its response, as a handler of undici's.
 *
 * undici gives no hold on a request that waits for a connection, so an exchange that ends by then leaves it behind and
 * aborts it when it comes up, before any of it is written.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #startedAt: number;
  readonly #body = new ResponseBody();
  #phase: Phase = "connecting";
  #sentAgain = false;
  #controller: Controller | null = null;
  #status = 0;
  #headers: Headers = {};
  #cancelDeadline: () => void = () => undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#startedAt = options.clock.monotonicMs();
  }

  /** Sends the request. To be called once. */
  start(): void {
    const { clock, request } = this.#options;
    this.#cancelDeadline = clock.schedule(request.timeoutMs, () => {
      if (this.#phase === "ended") return;
      this.#fail("timeout", `${TIMED_OUT[this.#phase]} within ${request.timeoutMs} ms.`);
    });
    this.#dispatch();
  }

  onRequestStart(controller: Controller): void {
    if (this.#phase === "ended") {
      controller.abort(new Error("The exchange has ended."));
      return;
    }
    this.#controller = controller;
    this.#phase = "sent";
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // An interim response (103 and its like) is not the answer.
    if (status < 200) return;
    this.#phase = "responding";
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#body.add(chunk)) return;
    this.#fail("response_too_large", `The body of the answer is larger than ${ResponseBody.MAX_READ_BYTES} bytes.`);
  }

  onResponseEnd(): void {
    const durationMs = this.#elapsedMs();
    this.#end({
      kind: "response",
      status: this.#status,
      headers: joined(this.#headers),
      body: this.#body.text(),
      durationMs,
    });
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#phase === "connecting" && !this.#sentAgain && isClosedConnection(error)) {
      // The kept-alive connection was closed under it and nothing was written. Not at once: undici is clearing up.
      this.#sentAgain = true;
      queueMicrotask(() => {
        this.#dispatch();
      });
      return;
    }
    const { reason, message } = failureOf(error, this.#phase === "responding");
    this.#fail(reason, message);
  }

  #dispatch(): void {
    const { dispatcher, target, request } = this.#options;
    const { origin, path } = target;
    try {
      dispatcher.dispatch({ origin, path, method: "POST", headers: request.headers, body: request.body }, this);
    } catch (error) {
      // A proxy's dispatcher throws what others report, such as a header that it keeps for itself.
      this.#fail("protocol", failureOf(error as Error, false).message);
    }
  }

  #fail(reason: TransportFailureReason, message: string): void {
    if (this.#phase === "ended") return;
    this.#end({ kind: "failure", reason, message, durationMs: this.#elapsedMs() });
    this.#controller?.abort(new Error(message));
  }

  #end(result: TransportResult): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#cancelDeadline();
    this.#options.done(result);
  }

  #elapsedMs(): number {
    return Math.round(this.#options.clock.monotonicMs() - this.#startedAt);
  }
}

function joined(headers: Headers): Readonly<Record<string, string>> {
  const flat = Object.create(null) as Record<string, string>;
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
