import { createTraceState, isSpanContextValid, type SpanContext } from "@opentelemetry/api";

const TRACE = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:;(.*))?$/;

/** The headers of W3C Trace Context that say where a request comes from; none for a context that says nothing. */
export function headersOf(context: SpanContext): Readonly<Record<string, string>> {
  if (!isSpanContextValid(context)) return {};
  const flags = (context.traceFlags & 0xff).toString(16).padStart(2, "0");
  const traceparent = `00-${context.traceId}-${context.spanId}-${flags}`;
  const tracestate = context.traceState?.serialize() ?? "";
  return tracestate === "" ? { traceparent } : { traceparent, tracestate };
}

/** A context as one text, to be kept with an event; null for one that says nothing. */
export function serializeContext(context: SpanContext): string | null {
  const { traceparent, tracestate } = headersOf(context);
  if (traceparent === undefined) return null;
  return tracestate === undefined ? traceparent : `${traceparent};${tracestate}`;
}

/** The context that {@link serializeContext} was given; undefined for any other text, which a store may answer. */
export function parseContext(trace: string | null): SpanContext | undefined {
  const [, traceId, spanId, flags, tracestate] = TRACE.exec(trace ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(context) ? context : undefined;
}
