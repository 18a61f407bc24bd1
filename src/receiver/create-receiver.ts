import { WebhookError } from "../errors.js";
import type { Inbox } from "../ports/inbox.js";
import type { EventCatalog, WebhookEvent } from "../protocol/event-catalog.js";
import { acceptRequest } from "./accept-request.js";
import { handleOnce } from "./handle-once.js";
import { InboxWorker } from "./inbox-worker.js";
import { toInboxEvent } from "./inbox-event.js";
import { createHandlerList, type HandlerList, type ReceivedEvent } from "./handlers.js";
import { openEvent } from "./open-event.js";
import {
  resolveReceiverOptions,
  type ReceiverDefaults,
  type ReceiverOptions,
  type ReceiverSettings,
} from "./options.js";
import type { Receiver, ReceiverRequest } from "./receiver.js";
import { failed, received, type ReceiverReply } from "./reply.js";
import { asWebhookError, createReport, type Report } from "./report.js";
import { readBytes, type BodySource } from "./request-body.js";
import { headerReader, type HeaderReader } from "./request-headers.js";
import { verifySignature, type SignatureProof } from "./verify-signature.js";

/** Puts a receiver together. The door gives the defaults, which live in adapters. */
export function assembleReceiver<Catalog extends EventCatalog>(
  options: ReceiverOptions<Catalog>,
  defaults: ReceiverDefaults,
): Receiver<Catalog> {
  const settings = resolveReceiverOptions(options, defaults);
  const handlers = createHandlerList(settings.events);
  const report = createReport(settings);
  const worker = settings.inbox === null ? null : new InboxWorker(settings.inbox, { settings, handlers, report });
  const parts: Parts = { settings, handlers, report, worker };
  const receiver: Receiver<Catalog> = {
    on(pattern, handler) {
      parts.handlers.add(pattern, handler);
      return receiver;
    },
    onUnknown(handler) {
      parts.handlers.addUnknown(handler);
      return receiver;
    },
    async start() {
      await worker?.start();
    },
    async stop() {
      await worker?.stop();
    },
    receive: (request) => receive(request, parts),
    verify: (request) => verify<Catalog>(request, settings),
  };
  return receiver;
}

interface Parts {
  readonly settings: ReceiverSettings;
  readonly handlers: HandlerList;
  readonly report: Report;
  readonly worker: InboxWorker | null;
}

async function receive(request: ReceiverRequest, parts: Parts): Promise<ReceiverReply> {
  let event: WebhookEvent | null = null;
  try {
    const read = headerReader(request.header);
    acceptRequest(request.method, read, parts.settings.maxBodyBytes);
    const opened = await open(read, request.body, parts.settings);
    event = opened.event;
    return await handle(opened, parts);
  } catch (error) {
    return refuse(asWebhookError(error), event, parts.report);
  }
}

async function verify<Catalog extends EventCatalog>(
  request: Omit<ReceiverRequest, "method">,
  settings: ReceiverSettings,
): Promise<ReceivedEvent<Catalog>> {
  try {
    const { event } = await open(headerReader(request.header), request.body, settings);
    return event;
  } catch (error) {
    throw asWebhookError(error);
  }
}

interface Opened {
  readonly event: WebhookEvent;
  readonly rawBody: Uint8Array;
  readonly proof: SignatureProof;
}

async function open(read: HeaderReader, body: BodySource, settings: ReceiverSettings): Promise<Opened> {
  const rawBody = await readBytes(body, settings);
  const proof = await verifySignature(read, rawBody, settings);
  return { event: await openEvent(read, rawBody, settings), rawBody, proof };
}

async function handle(opened: Opened, parts: Parts): Promise<ReceiverReply> {
  const { inbox } = parts.settings;
  return inbox === null ? handleNow(opened, parts) : store(opened, inbox, parts);
}

async function store({ event, rawBody, proof }: Opened, inbox: Inbox, parts: Parts): Promise<ReceiverReply> {
  try {
    const result = await inbox.put(toInboxEvent(event, rawBody, proof));
    if (result === "stored") parts.worker?.wake();
    else parts.report.passedOver(event, "The event is in the inbox already and is acknowledged.");
    return received();
  } catch (cause) {
    throw new WebhookError("inbox_unavailable", undefined, { cause });
  }
}

async function handleNow({ event, rawBody, proof }: Opened, parts: Parts): Promise<ReceiverReply> {
  const { settings, handlers, report } = parts;
  const run = (signal: AbortSignal): Promise<void> =>
    handlers.run(event, { ...proof, rawBody, signal, complete: refuseCompletion });
  const outcome = await handleOnce(event, run, settings, report);
  if (outcome.kind === "in_progress") {
    report.passedOver(event, "The event is being handled right now; the sender is asked to try again later.");
    const seconds = Math.max(1, Math.ceil(outcome.retryAfterMs / 1_000));
    return failed(new WebhookError("event_in_progress"), { "Retry-After": String(seconds) });
  }
  if (outcome.kind === "duplicate") report.passedOver(event, "The event was handled before and is acknowledged.");
  return received();
}

function refuseCompletion(): never {
  const message = "`context.complete` completes an event of an inbox; give createReceiver one, such as sqliteInbox().";
  throw new WebhookError("transaction_unsupported", message);
}

function refuse(error: WebhookError, event: WebhookEvent | null, report: Report): ReceiverReply {
  if (error.status < 500) report.refusal(error);
  else report.failure(error, event);
  if (error.code === "body_already_parsed") throw error;
  return failed(error, error.code === "method_not_allowed" ? { Allow: "POST" } : {});
}
