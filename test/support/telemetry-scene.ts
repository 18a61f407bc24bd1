import { context, type Link } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, MetricReader, type DataPoint } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace-base";
import { onTestFinished } from "vitest";
import { openTelemetry, type OpenTelemetryOptions } from "@auraconnect/webhooks/otel";
import type { Telemetry } from "@auraconnect/webhooks/sender";
import { until } from "./until.js";

/** A point of a metric: its attributes, and its value or how many values it counted. */
export interface Measured {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number;
}

/** The SDK, registered for no one else, and the telemetry that tells it. */
export interface TelemetryScene {
  readonly telemetry: Telemetry;
  readonly tracerProvider: BasicTracerProvider;
  /** Spans that have ended and are called like that, in the order in which they ended. */
  readonly spans: (name: string) => readonly ReadableSpan[];
  /** The same once there are so many. */
  readonly seen: (name: string, count: number) => Promise<readonly ReadableSpan[]>;
  /** What a metric comes to now. */
  readonly metric: (name: string) => Promise<readonly Measured[]>;
}

/** Reads when it is asked. */
class HandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

export function telemetryScene(options: OpenTelemetryOptions = {}): TelemetryScene {
  // The manager of contexts is one for the process: other scenes of the file find it there.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const reader = new HandReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => tracerProvider.shutdown());
  const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);
  return {
    telemetry: openTelemetry({ tracerProvider, meterProvider, ...options }),
    tracerProvider,
    spans,
    async seen(name, count) {
      await until(`${count} spans are called ${name}`, () => spans(name).length >= count);
      return spans(name);
    },
    async metric(name) {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      const points = metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      return (points as DataPoint<number | { readonly count: number }>[]).map(({ attributes, value }) => ({
        attributes,
        value: typeof value === "number" ? value : value.count,
      }));
    },
  };
}

/** What a link leads to. */
export function linkedTo(links: readonly Link[]): readonly string[] {
  return links.map(({ context: { traceId, spanId } }) => `${traceId}/${spanId}`);
}

/** What a span is to whoever links to it. */
export function placeOf(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `${traceId}/${spanId}`;
}
