import { WebhookError } from "../errors.js";
import type { WebhookEvent } from "../protocol/event-catalog.js";
import type { ReceiverSettings } from "./settings.js";

/** Tells the host what its senders are not told. Never throws. */
export interface Report {
  /** A failure of the receiving side. */
  failure(error: unknown, event: WebhookEvent | null): void;
  /** A request that was refused through its own fault, and how to mend it. */
  refusal(error: WebhookError): void;
  /** An event that was acknowledged without being handled here and now. */
  passedOver(event: WebhookEvent, why: string): void;
}

export function createReport({ logger, onError }: ReceiverSettings): Report {
  return {
    failure(error, event) {
      const known = asWebhookError(error);
      quietly(() => {
        logger.error({ err: known, code: known.code, ...nameOf(event) }, known.message);
      });
      quietly(
        () => onError(known, event),
        (thrown) => {
          quietly(() => {
            logger.error({ err: thrown }, "The listener given as `onError` threw.");
          });
        },
      );
    },
    refusal({ code, message, field }) {
      quietly(() => {
        logger.warn({ code, field }, message);
      });
    },
    passedOver(event, why) {
      quietly(() => {
        logger.debug(nameOf(event), why);
      });
    },
  };
}

/** Any error as one of this package's. */
export function asWebhookError(error: unknown): WebhookError {
  return WebhookError.is(error)
    ? error
    : new WebhookError("receiver_failed", "The receiver failed where it should not; the cause tells more.", {
        cause: error,
      });
}

function nameOf(event: WebhookEvent | null): object {
  return event === null ? {} : { eventId: event.id, eventType: event.type };
}

/** Runs at once; a logger or listener that throws or rejects must not change an answer. */
function quietly(run: () => unknown, onThrow: (thrown: unknown) => void = () => undefined): void {
  new Promise((resolve) => {
    resolve(run());
  }).catch(onThrow);
}
