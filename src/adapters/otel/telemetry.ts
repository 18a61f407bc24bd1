import {
  context,
  createContextKey,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type MeterProvider,
  type Span,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { readArgument, readFlag, readObject, type NamesOf } from "../../domain/option-value.js";
import { WebhookError } from "../../errors.js";
import type { AttemptSpan, ObservedLoad, PublishSpan, Telemetry, TracedAttempt } from "../../ports/telemetry.js";
import type { TransportResult } from "../../ports/transport.js";
import { VERSION } from "../../protocol/version.js";
import {
  attemptAttributes,
  deliverAttributes,
  eventAttributes,
  publishAttributes,
  responseAttributes,
  targetOf,
} from "./attributes.js";
import { createInstruments, type Instruments } from "./instruments.js";
import { headersOf, parseContext, serializeContext } from "./trace-context.js";

const SCOPE = "@auraconnect/webhooks";

/**
 * The key by which SDKs and instrumentations of other packages know that a context is not to be traced. The request has a
 * span and headers already; an instrumentation of undici would add its own.
 */
const SUPPRESSED = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Defaults to the global one. */
  readonly tracerProvider?: TracerProvider | undefined;

  /** Defaults to the global one. */
  readonly meterProvider?: MeterProvider | undefined;

  /** Whether requests carry `traceparent` and `tracestate`. Defaults to true. */
  readonly propagate?: boolean | undefined;

  /**
   * Whether attempts belong to the trace that published their event, however much later they are made, instead of each to
   * a trace of its own that links to it. Defaults to false.
   */
  readonly continueTrace?: boolean | undefined;
}

const NAMES: NamesOf<OpenTelemetryOptions> = {
  tracerProvider: true,
  meterProvider: true,
  propagate: true,
  continueTrace: true,
};

/**
 * Spans and metrics of a sender, for its option `telemetry`, by the semantic conventions for messaging and HTTP. Without a
 * registered SDK it does nothing.
 *
 * ```ts
 * const sender = createSender({ store, telemetry: openTelemetry() });
 * ```
 *
 * @throws {@link WebhookError} `option_invalid`.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  const given = readArgument<OpenTelemetryOptions>("openTelemetry", options, NAMES);
  const tracers = readObject("tracerProvider", given.tracerProvider, trace, ["getTracer"]);
  const meters = readObject("meterProvider", given.meterProvider, metrics, ["getMeter"]);
  let instruments: Instruments | undefined;
  return new OpenTelemetry({
    tracer: tracers.getTracer(SCOPE, VERSION),
    // Made when they are needed first: the global provider of metrics may be registered after the sender is made.
    instruments: () => (instruments ??= createInstruments(meters.getMeter(SCOPE, VERSION))),
    propagate: readFlag("propagate", given.propagate, true),
    continueTrace: readFlag("continueTrace", given.continueTrace, false),
  });
}

interface Resources {
  readonly tracer: Tracer;
  readonly instruments: () => Instruments;
  readonly propagate: boolean;
  readonly continueTrace: boolean;
}

class OpenTelemetry implements Telemetry {
  constructor(private readonly resources: Resources) {}

  publishing({ eventType, body, ...event }: Parameters<Telemetry["publishing"]>[0]): PublishSpan {
    const { tracer, instruments } = this.resources;
    const attributes = publishAttributes(eventType);
    const startedAtMs = performance.now();
    const span = tracer.startSpan(`publish ${eventType}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        ...attributes,
        ...eventAttributes(event),
        "messaging.message.body.size": Buffer.byteLength(body),
      },
    });
    return {
      trace: serializeContext(span.spanContext()),
      end(outcome) {
        const error: Attributes = "error" in outcome ? { "error.type": errorType(outcome.error) } : {};
        if ("error" in outcome) failSpan(span, error, messageOf(outcome.error));
        else {
          span.setAttribute("auraconnect.webhooks.deliveries", outcome.deliveries);
          span.setAttribute("auraconnect.webhooks.duplicate", outcome.duplicate);
        }
        span.end();
        const measured = { ...attributes, ...error };
        instruments().publishDuration.record((performance.now() - startedAtMs) / 1_000, measured);
        instruments().published.add(1, measured);
      },
    };
  }

  attempting(attempt: TracedAttempt): AttemptSpan {
    const { tracer, propagate } = this.resources;
    const delivery = this.#startDelivery(attempt);
    const target = targetOf(attempt.url);
    const resends = (attempt.delivery?.attempt ?? 1) - 1;
    const parent = delivery === null ? context.active() : trace.setSpan(ROOT_CONTEXT, delivery);
    const options = {
      kind: SpanKind.CLIENT,
      attributes: {
        ...target.attributes,
        "url.full": target.fullUrl,
        ...(resends > 0 ? { "http.request.resend_count": resends } : {}),
      },
    };
    const request = tracer.startSpan("POST", options, parent);
    return {
      headers: propagate ? headersOf(request.spanContext()) : {},
      run(send) {
        context.with(trace.setSpan(parent, request).setValue(SUPPRESSED, true), send);
      },
      end: (result, next) => {
        this.#endRequest(request, target.attributes, result);
        if (delivery === null || next === null) return;
        delivery.setAttribute("auraconnect.webhooks.delivery.outcome", next.kind);
        this.#endDelivery(delivery, attempt.eventType, result);
      },
    };
  }

  ended({ eventType, outcome }: Parameters<Telemetry["ended"]>[0]): void {
    const attributes = { "messaging.destination.name": eventType, "auraconnect.webhooks.delivery.outcome": outcome };
    this.resources.instruments().ended.add(1, attributes);
  }

  watch(load: () => Promise<ObservedLoad>): () => void {
    const { process, store, dueFor, watch } = this.resources.instruments();
    return watch(async (result) => {
      const { inFlight, waiting, unsettled, store: depth } = await load();
      const state = (name: string): Attributes => ({ "auraconnect.webhooks.state": name });
      result.observe(process, inFlight, state("in_flight"));
      result.observe(process, waiting, state("waiting"));
      result.observe(process, unsettled, state("unsettled"));
      result.observe(store, depth.waiting, state("waiting"));
      result.observe(store, depth.held, state("held"));
      result.observe(dueFor, depth.dueForMs / 1_000);
    });
  }

  /** The attempt as the delivery of an event; a test delivers none. */
  #startDelivery(attempt: TracedAttempt): Span | null {
    if (attempt.delivery === null) return null;
    const { tracer, continueTrace } = this.resources;
    const published = parseContext(attempt.delivery.trace);
    const isParent = continueTrace && published !== undefined;
    // What is active here is whatever woke the sender, which has nothing to do with this delivery.
    const parent: Context = isParent ? trace.setSpanContext(ROOT_CONTEXT, published) : ROOT_CONTEXT;
    const options = {
      kind: SpanKind.CONSUMER,
      attributes: { ...deliverAttributes(attempt.eventType), ...attemptAttributes(attempt) },
      links: published === undefined ? [] : [{ context: published }],
    };
    return tracer.startSpan(`deliver ${attempt.eventType}`, options, parent);
  }

  #endDelivery(span: Span, eventType: string, result: TransportResult): void {
    const { "error.type": error } = responseAttributes(result, 300);
    if (error !== undefined) failSpan(span, { "error.type": error }, failureOf(result));
    span.end();
    const measured = { ...deliverAttributes(eventType), ...(error === undefined ? {} : { "error.type": error }) };
    this.resources.instruments().deliverDuration.record(result.durationMs / 1_000, measured);
  }

  #endRequest(span: Span, attributes: Attributes, result: TransportResult): void {
    const response = responseAttributes(result);
    if ("error.type" in response) failSpan(span, response, failureOf(result));
    else span.setAttributes(response);
    span.end();
    this.resources.instruments().requestDuration.record(result.durationMs / 1_000, { ...attributes, ...response });
  }
}

function failSpan(span: Span, attributes: Attributes, message: string | undefined): void {
  span.setAttributes(attributes);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
}

/** What a status does not say by itself. */
function failureOf(result: TransportResult): string | undefined {
  return result.kind === "failure" ? result.message : undefined;
}

function errorType(error: unknown): string {
  if (WebhookError.is(error)) return error.code;
  return error instanceof Error ? error.name : "_OTHER";
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
