import type { BatchObservableResult, Counter, Histogram, Meter, ObservableGauge } from "@opentelemetry/api";

/** Bounds that the conventions advise for durations in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What is measured. */
export interface Instruments {
  readonly publishDuration: Histogram;
  readonly published: Counter;
  readonly deliverDuration: Histogram;
  readonly requestDuration: Histogram;
  readonly ended: Counter;
  /** By `auraconnect.webhooks.state`: what this process has `in_flight`, `waiting` and `unsettled`. */
  readonly process: ObservableGauge;
  /** By `auraconnect.webhooks.state`: what is `waiting` and `held` in the store, for all processes. */
  readonly store: ObservableGauge;
  readonly dueFor: ObservableGauge;
  /** Reads the gauges together when somebody asks, until the returned function is called. */
  readonly watch: (read: (result: BatchObservableResult) => Promise<void>) => () => void;
}

export function createInstruments(meter: Meter): Instruments {
  const duration = (name: string, description: string): Histogram =>
    meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: SECONDS } });
  const deliveries = (name: string, description: string): ObservableGauge =>
    meter.createObservableGauge(name, { unit: "{delivery}", description });
  const process = deliveries(
    "auraconnect.webhooks.process.deliveries",
    "Deliveries that this process holds, by state.",
  );
  const store = deliveries("auraconnect.webhooks.store.deliveries", "Pending deliveries of all processes, by state.");
  const dueFor = meter.createObservableGauge("auraconnect.webhooks.store.due_for", {
    unit: "s",
    description: "For how long the longest due delivery that nobody holds has been due.",
  });
  return {
    publishDuration: duration("messaging.client.operation.duration", "Duration of publishing an event."),
    published: meter.createCounter("messaging.client.sent.messages", {
      unit: "{message}",
      description: "Events that were to be published.",
    }),
    deliverDuration: duration("messaging.process.duration", "Duration of an attempt to deliver an event."),
    requestDuration: duration("http.client.request.duration", "Duration of HTTP client requests."),
    ended: meter.createCounter("auraconnect.webhooks.deliveries", {
      unit: "{delivery}",
      description: "Deliveries that ended, by outcome.",
    }),
    process,
    store,
    dueFor,
    watch(read) {
      const gauges = [process, store, dueFor];
      meter.addBatchObservableCallback(read, gauges);
      return () => {
        meter.removeBatchObservableCallback(read, gauges);
      };
    },
  };
}
