import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeReceiver } from "@auraconnect/webhooks/node";
import { createReceiver, type EventContext, type Receiver } from "@auraconnect/webhooks/receiver";

/** What can go wrong with a request at a consumer. */
export type Mishap = "answers 500" | "answers 503" | "never answers" | "loses its answer";

/** A consumer app. */
export interface ConsumerApp {
  readonly name: string;
  /** What goes wrong with a request, by its number from 1. Defaults to nothing. */
  readonly mishap?: (request: number) => Mishap | undefined;
  /** Adds the app's own handlers. */
  readonly handlers?: (receiver: Receiver) => void;
}

/** One run of a consumer's handlers. */
export interface Run {
  readonly eventId: string;
  readonly context: EventContext;
}

/** A consumer app on a port of its own: `node:http`, a receiver, and a memory of what happened. */
export class Consumer {
  /** Event ids of the requests that arrived whole, in order. */
  readonly requests: string[] = [];
  /** Events whose handlers ran to their end, in order. */
  readonly runs: Run[] = [];
  /** Requests that are being handled right now. */
  inFlight = 0;

  readonly #secrets = new Map<string, string>();
  readonly #receiver: Receiver;
  readonly #server: Server;

  constructor(private readonly app: ConsumerApp) {
    this.#receiver = createReceiver({
      secret: (webhookId) => this.#secrets.get(webhookId ?? ""),
      require: "both",
    });
    this.#receiver.on("*", () => void (this.inFlight += 1));
    app.handlers?.(this.#receiver);
    this.#receiver.on("*", (event, context) => {
      this.inFlight -= 1;
      this.runs.push({ eventId: event.id, context });
    });
    const receive = nodeReceiver(this.#receiver);
    this.#server = createServer((request, response) => {
      request.once("end", () => this.requests.push(String(request.headers["x-auraconnect-event-id"])));
      this.#answer(request, response, receive);
    });
  }

  get name(): string {
    return this.app.name;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The ids of the events that were handled, each once. */
  get handledIds(): ReadonlySet<string> {
    return new Set(this.runs.map(({ eventId }) => eventId));
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  /** Tells the app the secret of a webhook that was registered for it. */
  learnSecret(webhookId: string, secret: string): void {
    this.#secrets.set(webhookId, secret);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse, receive: ReturnType<typeof nodeReceiver>): void {
    switch (this.app.mishap?.(this.requests.length + 1)) {
      case undefined:
        receive(request, response);
        return;
      case "answers 500":
        refuse(request, response, 500);
        return;
      case "answers 503":
        refuse(request, response, 503);
        return;
      case "never answers":
        request.resume();
        return;
      case "loses its answer":
        void this.#handleAndHangUp(request, response);
    }
  }

  /** Handles the event, and then the line goes dead: the sender never learns of it. */
  async #handleAndHangUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    await this.#receiver.receive({ method: "POST", header: request.headers, body });
    response.destroy();
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  request.once("end", () => response.writeHead(status).end());
}
