import type { Attributes } from "@opentelemetry/api";
import type { TracedAttempt, TracedEvent } from "../../ports/telemetry.js";
import type { TransportResult } from "../../ports/transport.js";

// Names of the semantic conventions, messaging and HTTP; what they have no name for begins with `auraconnect.webhooks`.

/** What every publish has in its span and in its metrics. The event type is where a publish goes. */
export function publishAttributes(eventType: string): Attributes {
  return {
    "messaging.system": "auraconnect_webhooks",
    "messaging.operation.name": "publish",
    "messaging.operation.type": "send",
    "messaging.destination.name": eventType,
  };
}

/** What every attempt of a delivery has in its span and in its metrics. */
export function deliverAttributes(eventType: string): Attributes {
  return {
    "messaging.system": "auraconnect_webhooks",
    "messaging.operation.name": "deliver",
    "messaging.operation.type": "process",
    "messaging.destination.name": eventType,
  };
}

/** Of one event; too many to be in metrics. */
export function eventAttributes({ eventId, accountId }: Pick<TracedEvent, "eventId" | "accountId">): Attributes {
  return { "messaging.message.id": eventId, "auraconnect.webhooks.account.id": accountId };
}

/** Of one attempt of a delivery; too many to be in metrics. */
export function attemptAttributes({ webhookId, delivery, ...event }: TracedAttempt): Attributes {
  return {
    ...eventAttributes(event),
    "messaging.destination.subscription.name": webhookId,
    ...(delivery === null
      ? {}
      : {
          "auraconnect.webhooks.delivery.id": delivery.id,
          "auraconnect.webhooks.delivery.attempt": delivery.attempt,
        }),
  };
}

/** Where a request goes. */
export interface Target {
  /** In the span and in the metrics of the request. */
  readonly attributes: Attributes;
  /** Without what may be secret: user name, password, query and fragment. */
  readonly fullUrl: string;
}

export function targetOf(url: string): Target {
  const { protocol, host, hostname, port, pathname, search } = new URL(url);
  return {
    attributes: {
      "http.request.method": "POST",
      "server.address": hostname.replace(/^\[(.*)\]$/, "$1"),
      "server.port": port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
    },
    fullUrl: `${protocol}//${host}${pathname}${search === "" ? "" : "?REDACTED"}`,
  };
}

/** How a request ended. A status from 400 on is an error of the request; one from 300 on fails the delivery's attempt. */
export function responseAttributes(result: TransportResult, errorsFrom = 400): Attributes {
  if (result.kind === "failure") return { "error.type": result.reason };
  const { status } = result;
  return {
    "http.response.status_code": status,
    ...(status >= errorsFrom ? { "error.type": String(status) } : {}),
  };
}
