import { WebhookError } from "../errors.js";
import type { EventCatalog, WebhookEvent } from "../protocol/event-catalog.js";
import { acceptRequest } from "./accept-request.js";
import { handleOnce } from "./handle-once.js";
import { createHandlerList, type ReceivedEvent } from "./handlers.js";
import type { InboxContext, InboxWork } from "./inbox.js";
import { openEvent } from "./open-event.js";
import { resolveReceiverOptions, type ReceiverDefaults, type ReceiverOptions } from "./options.js";
import type { Receiver, ReceiverRequest } from "./receiver.js";
import { failed, received, type ReceiverReply } from "./reply.js";
import { asWebhookError, createReport, type Report } from "./report.js";
import { readBytes, type BodySource } from "./request-body.js";
import { headerReader, type HeaderReader } from "./request-headers.js";
import type { ReceiverSettings } from "./settings.js";
import type { VerifiedEvent } from "./verified-event.js";
import { verifySignature } from "./verify-signature.js";

/** Puts a receiver together. The door gives the defaults, which live in adapters. */
export function assembleReceiver<Catalog extends EventCatalog>(
  options: ReceiverOptions<Catalog>,
  defaults: ReceiverDefaults,
): Receiver<Catalog> {
  const { inbox: given, ...settings } = resolveReceiverOptions(options, defaults);
  const handlers = createHandlerList(settings.events);
  const report = createReport(settings);
  const inbox = given?.work({ settings, handlers, report }) ?? null;
  const parts: Parts = { settings, handlers, report, inbox };
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
      await inbox?.start();
    },
    async stop() {
      await inbox?.stop();
    },
    receive: (request) => receive(request, parts),
    verify: (request) => verify<Catalog>(request, settings),
  };
  return receiver;
}

interface Parts extends InboxContext {
  readonly inbox: InboxWork | null;
}

async function receive(request: ReceiverRequest, parts: Parts): Promise<ReceiverReply> {
  let event: WebhookEvent | null = null;
  try {
    const read = headerReader(request.header);
    acceptRequest(request.method, read, parts.settings.maxBodyBytes);
    const opened = await open(read, request.body, parts.settings);
    event = opened.event;
    if (parts.inbox === null) return await handleNow(opened, parts);
    await parts.inbox.store(opened);
    return received();
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

async function open(read: HeaderReader, body: BodySource, settings: ReceiverSettings): Promise<VerifiedEvent> {
  // What is there already is not waited for: each turn of the queue costs as much as parsing a small event.
  const reading = readBytes(body, settings);
  const rawBody = reading instanceof Promise ? await reading : reading;
  const proving = verifySignature(read, rawBody, settings);
  const proof = proving instanceof Promise ? await proving : proving;
  const opening = openEvent(read, rawBody, settings);
  return { event: opening instanceof Promise ? await opening : opening, rawBody, proof };
}

async function handleNow({ event, rawBody, proof }: VerifiedEvent, parts: Parts): Promise<ReceiverReply> {
  const { settings, handlers, report } = parts;
  const run = (signal: AbortSignal): Promise<void> =>
    handlers.run(event, { ...proof, rawBody, signal, complete: refuseCompletion });
  const outcome = await handleOnce(event, run, settings, report);
  if (outcome.kind === "in_progress") {
    report.passedOver(event, "The event is being handled right now; the sender is asked to try again later.");
    const seconds = Math.max(1, Math.ceil(outcome.retryAfterMs / 1_000));
    return failed("event_in_progress", { "Retry-After": String(seconds) });
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
  return failed(error.code, error.code === "method_not_allowed" ? { Allow: "POST" } : {});
}
