import type { AttemptSpan, Telemetry } from "../ports/telemetry.js";

const TRACE = /^[\x20-\x7e]{1,640}$/;
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

const nothing = (): void => undefined;

/**
 * Telemetry that cannot hurt: what it throws, at once or later, is told once and stops nothing, and what it says is used
 * only where it can be stored and sent.
 */
export function guardedTelemetry(telemetry: Telemetry, fail: (error: unknown) => void): Telemetry {
  let told = false;
  const failOnce = (error: unknown): void => {
    if (told) return;
    told = true;
    fail(error);
  };
  const safely = <Value>(run: () => Value, fallback: Value): Value => {
    try {
      const value = run();
      if (value instanceof Promise) value.catch(failOnce);
      return value;
    } catch (error) {
      failOnce(error);
      return fallback;
    }
  };

  return {
    publishing(event) {
      const span = safely(() => telemetry.publishing(event), null);
      const trace = safely(() => readText(span?.trace, TRACE), null);
      return {
        trace,
        end(outcome) {
          safely(() => span?.end(outcome), undefined);
        },
      };
    },
    attempting(attempt) {
      const span = safely(() => telemetry.attempting(attempt), null);
      return {
        headers: safely(() => readHeaders(span?.headers), {}),
        run(send) {
          let isSent = false;
          const sendOnce = (): void => {
            if (isSent) return;
            isSent = true;
            send();
          };
          safely(() => span?.run(sendOnce), undefined);
          sendOnce();
        },
        end(result, next) {
          safely(() => span?.end(result, next), undefined);
        },
      };
    },
    ended(delivery) {
      safely(() => {
        telemetry.ended(delivery);
      }, undefined);
    },
    watch(load) {
      const stop: unknown = safely(() => telemetry.watch(load), nothing);
      return () => {
        if (typeof stop === "function") safely(() => Reflect.apply(stop, telemetry, []) as unknown, undefined);
      };
    },
  };
}

function readText(given: unknown, form: RegExp): string | null {
  return typeof given === "string" && form.test(given) ? given : null;
}

function readHeaders(given: AttemptSpan["headers"] | undefined): Readonly<Record<string, string>> {
  const traceparent = readText(given?.["traceparent"], TRACEPARENT);
  if (traceparent === null) return {};
  const tracestate = readText(given?.["tracestate"], TRACESTATE);
  return tracestate === null ? { traceparent } : { traceparent, tracestate };
}
