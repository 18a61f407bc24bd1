import { context, createTraceState, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { Redis } from "ioredis";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { memoryStore } from "@auraconnect/webhooks/memory";
import { openTelemetry } from "@auraconnect/webhooks/otel";
import { postgresStore } from "@auraconnect/webhooks/postgres";
import { redisStore } from "@auraconnect/webhooks/redis";
import type { SenderStore, Telemetry, Transport, TransportRequest } from "@auraconnect/webhooks/sender";
import { simulatedClock } from "@auraconnect/webhooks/testing";
import { testPool, testSchema } from "../adapters/postgres/database.js";
import { freshPrefix } from "../adapters/redis/own-prefix.js";
import { thrownBy } from "../protocol/thrown-by.js";
import { faultyStore } from "../support/faulty-store.js";
import { rejection } from "../support/rejection.js";
import { endpoint, heard, makeSender, sample, SECRET_KEYS, startSender } from "../support/sender-scene.js";
import { stores } from "../support/stores.js";
import { linkedTo, placeOf, telemetryScene } from "../support/telemetry-scene.js";
import { until, untilInTime } from "../support/until.js";

const order = sample("order.created");

describe("the trace of an event", () => {
  test("leads from publish over the delivery to the request and into the endpoint", async () => {
    const { telemetry, seen } = telemetryScene();
    const { url, requests } = await endpoint();
    const sender = await startSender({ telemetry });
    const { id: webhookId } = await sender.webhooks.create({ url: `${url}?token=a-secret`, events: ["*"] });
    const { event, deliveries } = await sender.publish("order.created", order, { accountId: "default" });

    const [publish] = await seen("publish order.created", 1);
    const [deliver] = await seen("deliver order.created", 1);
    const [request] = await seen("POST", 1);
    expect(publish!.kind).toBe(SpanKind.PRODUCER);
    expect(publish!.parentSpanContext).toBeUndefined();
    expect(publish!.status.code).toBe(SpanStatusCode.UNSET);
    expect(publish!.attributes).toEqual({
      "messaging.system": "auraconnect_webhooks",
      "messaging.operation.name": "publish",
      "messaging.operation.type": "send",
      "messaging.destination.name": "order.created",
      "messaging.message.id": event.id,
      "messaging.message.body.size": Buffer.byteLength(JSON.stringify(event)),
      "auraconnect.webhooks.account.id": "default",
      "auraconnect.webhooks.deliveries": 1,
      "auraconnect.webhooks.duplicate": false,
    });
    expect(deliver!.kind).toBe(SpanKind.CONSUMER);
    expect(deliver!.parentSpanContext).toBeUndefined();
    expect(linkedTo(deliver!.links)).toEqual([placeOf(publish!)]);
    expect(deliver!.attributes).toEqual({
      "messaging.system": "auraconnect_webhooks",
      "messaging.operation.name": "deliver",
      "messaging.operation.type": "process",
      "messaging.destination.name": "order.created",
      "messaging.destination.subscription.name": webhookId,
      "messaging.message.id": event.id,
      "auraconnect.webhooks.account.id": "default",
      "auraconnect.webhooks.delivery.id": deliveries[0]!.id,
      "auraconnect.webhooks.delivery.attempt": 1,
      "auraconnect.webhooks.delivery.outcome": "success",
    });
    const { port } = new URL(url);
    expect(request!.kind).toBe(SpanKind.CLIENT);
    expect(request!.parentSpanContext?.spanId).toBe(deliver!.spanContext().spanId);
    expect(request!.attributes).toEqual({
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "server.address": "127.0.0.1",
      "server.port": Number(port),
      "url.full": `http://127.0.0.1:${port}/hook?REDACTED`,
    });
    const { traceId, spanId } = request!.spanContext();
    expect(requests[0]?.headers["traceparent"]).toBe(`00-${traceId}-${spanId}-01`);
    expect(requests[0]?.headers["tracestate"]).toBeUndefined();
  });

  test("goes on from whatever was active where it was published, and from nothing that was active elsewhere", async () => {
    const { telemetry, tracerProvider, seen } = telemetryScene();
    const { url, requests } = await endpoint();
    const sender = makeSender({ telemetry });
    await sender.webhooks.create({ url, events: ["*"] });
    const caller = tracerProvider.getTracer("a host").startSpan("a request of a user's");
    const active = trace.setSpan(context.active(), caller);
    await context.with(active, () => sender.start());
    await context.with(active, () => sender.publish("order.created", order));
    const [publish] = await seen("publish order.created", 1);
    const [deliver] = await seen("deliver order.created", 1);
    expect(publish!.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
    expect(deliver!.parentSpanContext).toBeUndefined();
    expect(deliver!.spanContext().traceId).not.toBe(caller.spanContext().traceId);
    expect(requests[0]?.headers["traceparent"]).toContain(deliver!.spanContext().traceId);
  });

  test("is one for all attempts with continueTrace, and carries the state of vendors", async () => {
    const clock = simulatedClock();
    const { telemetry, seen } = telemetryScene({ continueTrace: true });
    const { url, requests } = await endpoint((_, number) => (number === 1 ? 503 : 200));
    const sender = await startSender({ telemetry, clock, retrySchedule: [1_000] });
    await sender.webhooks.create({ url, events: ["*"] });
    const remote = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState("vendor=a,other=b"),
    };
    const active = trace.setSpanContext(context.active(), remote);
    await context.with(active, () => sender.publish("order.created", order));
    await untilInTime(clock, "it was sent again", () => requests.length === 2);
    const [publish] = await seen("publish order.created", 1);
    const attempts = await seen("deliver order.created", 2);
    for (const attempt of attempts) expect(attempt.parentSpanContext?.spanId).toBe(publish!.spanContext().spanId);
    for (const { headers } of requests) {
      expect(headers["traceparent"]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
      expect(headers["tracestate"]).toBe("vendor=a,other=b");
    }
    const [, second] = await seen("POST", 2);
    expect(second!.attributes["http.request.resend_count"]).toBe(1);
  });

  test("stays in the house with propagate: false", async () => {
    const { telemetry, seen } = telemetryScene({ propagate: false });
    const { url, requests } = await endpoint();
    const sender = await startSender({ telemetry });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await seen("POST", 1);
    expect(requests[0]?.headers["traceparent"]).toBeUndefined();
  });

  test("has a request of a test under what is active where it is made, and no delivery", async () => {
    const { telemetry, tracerProvider, seen, spans } = telemetryScene();
    const { url, requests } = await endpoint();
    const sender = makeSender({ telemetry });
    const { id: webhookId } = await sender.webhooks.create({ url, events: ["*"] });
    const caller = tracerProvider.getTracer("a host").startSpan("a call of the management API");
    await context.with(trace.setSpan(context.active(), caller), () =>
      sender.webhooks.test({ webhookId, eventType: "order.created" }),
    );
    const [request] = await seen("POST", 1);
    expect(request!.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
    expect(requests[0]?.headers["traceparent"]).toContain(request!.spanContext().spanId);
    expect(spans("deliver order.created")).toEqual([]);
  });

  test("is told to no instrumentation of the transport, which would send a second one", async () => {
    const { telemetry, seen } = telemetryScene();
    const active: { suppressed: boolean; spanId: string | undefined }[] = [];
    const transport: Transport = {
      send() {
        const here = context.active();
        active.push({ suppressed: isTracingSuppressed(here), spanId: trace.getSpanContext(here)?.spanId });
        return Promise.resolve({ kind: "response", status: 204, headers: {}, body: "", durationMs: 1 });
      },
      close: () => Promise.resolve(),
    };
    const sender = await startSender({ telemetry, transport });
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    await sender.publish("order.created", order);
    const [request] = await seen("POST", 1);
    expect(active).toEqual([{ suppressed: true, spanId: request!.spanContext().spanId }]);
  });
});

const redisUrl = inject("redisUrl");
const shared = [
  ...stores.map(({ name, make }) => ({ name, isThere: true, make: (): SenderStore => make().store })),
  {
    name: "postgres",
    isThere: inject("postgresUrl") !== null,
    make: (): SenderStore => postgresStore({ pool: testPool(), schema: testSchema() }),
  },
  {
    name: "redis",
    isThere: redisUrl !== null,
    make(): SenderStore {
      const client = new Redis(redisUrl ?? "");
      onTestFinished(() => {
        client.disconnect();
      });
      return redisStore({ client, prefix: freshPrefix() });
    },
  },
];

describe.each(shared)("a trace on $name", ({ isThere, make }) => {
  test.skipIf(!isThere)("is found by the process that claims the delivery, and again when it is resent", async () => {
    const publishing = telemetryScene();
    const delivering = telemetryScene();
    const { url } = await endpoint();
    const options = { store: make(), secretKeys: SECRET_KEYS };
    const publisher = makeSender({ ...options, telemetry: publishing.telemetry });
    const worker = makeSender({ ...options, telemetry: delivering.telemetry });
    const { id: webhookId } = await publisher.webhooks.create({ url, events: ["*"], filters: { a: 1 } });
    await publisher.webhooks.create({ url, events: ["*"], filters: { b: 1 } });
    const { event, unmatched } = await publisher.publish("order.created", order, { attributes: { a: 1 } });
    expect(unmatched).toHaveLength(1);
    await worker.start();
    const [publish] = await publishing.seen("publish order.created", 1);
    const [first] = await delivering.seen("deliver order.created", 1);
    expect(linkedTo(first!.links)).toEqual([placeOf(publish!)]);
    await until(
      "it is recorded",
      async () => (await worker.webhooks.logs({ webhookId })).logs[0]?.status === "success",
    );
    await worker.deliveries.resend({ webhookId, eventId: event.id });
    const [, second] = await delivering.seen("deliver order.created", 2);
    expect(linkedTo(second!.links)).toEqual([placeOf(publish!)]);
    const again = await publisher.publish("order.created", order, { attributes: { a: 1 }, id: event.id });
    expect(again).toMatchObject({ duplicate: true, unmatched });
  });

  test.skipIf(!isThere)("is nothing for events of publishers without telemetry", async () => {
    const { telemetry, seen } = telemetryScene();
    const { url } = await endpoint();
    const options = { store: make(), secretKeys: SECRET_KEYS };
    const publisher = makeSender(options);
    await publisher.webhooks.create({ url, events: ["*"] });
    await publisher.publish("order.created", order);
    await startSender({ ...options, telemetry });
    const [deliver] = await seen("deliver order.created", 1);
    expect(deliver!.links).toEqual([]);
  });
});

describe("what failed", () => {
  test.each([
    ["an answer of 500", 500, { "http.response.status_code": 500, "error.type": "500" }, "500"],
    ["a redirect", 302, { "http.response.status_code": 302 }, "302"],
    ["a connection that is reset", "reset" as const, { "error.type": "connection" }, "connection"],
  ])("says how: %s", async (_, answer, expected, errorOfDelivery) => {
    const { telemetry, seen } = telemetryScene();
    const { url } = await endpoint(() => answer);
    const sender = await startSender({ telemetry, retrySchedule: [] });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    const [request] = await seen("POST", 1);
    const [deliver] = await seen("deliver order.created", 1);
    expect(request!.attributes).toMatchObject(expected);
    expect(request!.status.code).toBe("error.type" in expected ? SpanStatusCode.ERROR : SpanStatusCode.UNSET);
    expect(deliver!.status.code).toBe(SpanStatusCode.ERROR);
    expect(deliver!.attributes).toMatchObject({
      "error.type": errorOfDelivery,
      "auraconnect.webhooks.delivery.outcome": "failed",
    });
  });

  test("is told of the event that could not be published, and of no other of the batch", async () => {
    const { telemetry, seen, metric } = telemetryScene();
    const sender = makeSender({ telemetry });
    await sender.publish("order.created", order, { id: "evt_1" });
    const batch = ["evt_1", "evt_2"].map((id) => ({
      type: "order.updated" as const,
      object: sample("order.updated"),
      id,
    }));
    expect((await rejection(sender.publishMany(batch))).code).toBe("event_id_conflict");
    const spans = await seen("publish order.updated", 2);
    const errors = spans.map(({ attributes }) => [attributes["messaging.message.id"], attributes["error.type"]]);
    expect(errors.sort()).toEqual([
      ["evt_1", "event_id_conflict"],
      ["evt_2", undefined],
    ]);
    const published = await metric("messaging.client.sent.messages");
    expect(published.map(({ attributes, value }) => [attributes["error.type"], value])).toEqual([
      [undefined, 1],
      ["event_id_conflict", 1],
      [undefined, 1],
    ]);
  });
});

describe("metrics", () => {
  test("count and time publishing, attempts, requests and outcomes", async () => {
    const { telemetry, metric } = telemetryScene();
    const good = await endpoint();
    const bad = await endpoint(() => 410);
    const sender = await startSender({ telemetry, retrySchedule: [] });
    await sender.webhooks.create({ url: good.url, events: ["*"] });
    await sender.webhooks.create({ url: bad.url, events: ["order.*"] });
    const gone = await sender.webhooks.create({ url: good.url, events: ["*"], active: false });
    await sender.publish("order.created", order);
    await sender.publish("order.created", order);
    await sender.publish("staff.shift_alert", sample("staff.shift_alert"));
    await sender.webhooks.delete({ webhookId: gone.id });
    const outcomes = async () =>
      (await metric("auraconnect.webhooks.deliveries")).map(({ attributes, value }) => [
        ...Object.values(attributes),
        value,
      ]);
    await until("all have ended", async () => (await outcomes()).reduce((sum, row) => sum + Number(row[2]), 0) === 5);
    expect((await outcomes()).sort()).toEqual([
      ["order.created", "failed", 2],
      ["order.created", "success", 2],
      ["staff.shift_alert", "success", 1],
    ]);
    const of = { "messaging.system": "auraconnect_webhooks", "messaging.destination.name": "order.created" };
    const publish = { ...of, "messaging.operation.name": "publish", "messaging.operation.type": "send" };
    expect(await metric("messaging.client.operation.duration")).toContainEqual({ attributes: publish, value: 2 });
    const deliver = { ...of, "messaging.operation.name": "deliver", "messaging.operation.type": "process" };
    const durations = await metric("messaging.process.duration");
    expect(durations).toContainEqual({ attributes: deliver, value: 2 });
    expect(durations).toContainEqual({ attributes: { ...deliver, "error.type": "410" }, value: 2 });
    expect(await metric("http.client.request.duration")).toContainEqual({
      attributes: {
        "http.request.method": "POST",
        "http.response.status_code": 410,
        "error.type": "410",
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(bad.url).port),
      },
      value: 2,
    });
  });

  test("show what is in flight and what is due, while the sender delivers", async () => {
    const { telemetry, metric } = telemetryScene();
    const { url, seen } = await endpoint(() => "hang");
    const { store, calls } = faultyStore(memoryStore());
    const sender = makeSender({ store, telemetry, concurrency: 2, concurrencyPerWebhook: 2 });
    await sender.webhooks.create({ url, events: ["*"] });
    for (let count = 0; count < 7; count += 1) await sender.publish("order.created", order);
    const states = async (name: string) =>
      Object.fromEntries(
        (await metric(name)).map(({ attributes, value }) => [String(attributes["auraconnect.webhooks.state"]), value]),
      );
    expect(await states("auraconnect.webhooks.process.deliveries")).toEqual({});
    await sender.start();
    await seen(2);
    expect(await states("auraconnect.webhooks.process.deliveries")).toEqual({ in_flight: 2, waiting: 2, unsettled: 0 });
    expect(await states("auraconnect.webhooks.store.deliveries")).toEqual({ waiting: 3, held: 4 });
    const [dueFor] = await metric("auraconnect.webhooks.store.due_for");
    expect(dueFor?.value).toBeGreaterThan(0);
    await sender.stop({ timeoutMs: 0 });
    const asked = calls("queue.depth");
    await metric("auraconnect.webhooks.store.due_for");
    expect(calls("queue.depth")).toBe(asked);
  });
});

describe("telemetry that breaks", () => {
  const boom = (): never => {
    throw new Error("the SDK broke");
  };
  const later = (() => Promise.reject(new Error("the SDK broke later"))) as unknown as () => void;
  const well: Telemetry = {
    publishing: () => ({ trace: null, end: () => undefined }),
    attempting: () => ({
      headers: {},
      run(send) {
        send();
      },
      end: () => undefined,
    }),
    ended: () => undefined,
    watch: () => () => undefined,
  };
  const broken: readonly (readonly [string, Partial<Telemetry>])[] = [
    ["publishing throws", { publishing: boom }],
    ["publishing answers nothing", { publishing: (() => undefined) as unknown as Telemetry["publishing"] }],
    ["the end of publishing throws", { publishing: () => ({ trace: null, end: boom }) }],
    ["the end of publishing rejects", { publishing: () => ({ trace: null, end: later }) }],
    [
      "its trace throws when it is read",
      {
        publishing: () => ({
          get trace() {
            return boom();
          },
          end: () => undefined,
        }),
      },
    ],
    ["attempting throws", { attempting: boom }],
    ["its headers are none", { attempting: () => ({ ...well.attempting({} as never), headers: null as never }) }],
    ["it runs nothing", { attempting: () => ({ headers: {}, run: () => undefined, end: () => undefined }) }],
    ["running throws before", { attempting: () => ({ headers: {}, run: boom, end: boom }) }],
    [
      "running throws after",
      {
        attempting: () => ({
          headers: {},
          run(send) {
            send();
            boom();
          },
          end: later,
        }),
      },
    ],
    [
      "it runs twice",
      {
        attempting: () => ({
          headers: {},
          run(send) {
            send();
            send();
          },
          end: () => undefined,
        }),
      },
    ],
    ["counting throws", { ended: boom }],
    ["watching throws", { watch: boom }],
    ["watching cannot be ended", { watch: () => boom }],
    ["watching answers nothing", { watch: (() => undefined) as unknown as Telemetry["watch"] }],
  ];

  test.each(broken)("neither keeps an event from being published nor from being sent once: %s", async (_, parts) => {
    const { url, requests } = await endpoint();
    const sender = await startSender({ telemetry: { ...well, ...parts } });
    const delivered = heard(sender, "delivery.succeeded");
    heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await sender.publish("order.created", order);
    await until("both are delivered", () => delivered.length === 2);
    expect(requests).toHaveLength(2);
    await sender.stop();
  });

  test("is told once", async () => {
    const { url } = await endpoint();
    const sender = await startSender({ telemetry: { ...well, publishing: boom, attempting: boom, ended: boom } });
    const delivered = heard(sender, "delivery.succeeded");
    const errors = heard(sender, "error");
    await sender.webhooks.create({ url, events: ["*"] });
    for (let count = 0; count < 5; count += 1) await sender.publish("order.created", order);
    await until("all are delivered", () => delivered.length === 5);
    expect(errors.map(({ error }) => error.message)).toEqual(["the SDK broke"]);
  });

  test.each<[string, Transport["send"]]>([
    [
      "throws",
      () => {
        throw new Error("the transport broke");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the transport broke"))],
  ])("is not blamed for a transport that %s, which is asked once", async (_, send) => {
    let sends = 0;
    const transport: Transport = {
      send(request) {
        sends += 1;
        return send(request);
      },
      close: () => Promise.resolve(),
    };
    const sender = await startSender({ telemetry: well, transport, retrySchedule: [] });
    const errors = heard(sender, "error");
    const failed = heard(sender, "delivery.failed");
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    await sender.publish("order.created", order);
    await until("it failed", () => failed.length === 1);
    expect(failed[0]?.attempt.error).toBe("The transport rejected: the transport broke");
    expect([sends, errors.length]).toEqual([1, 0]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a line break", { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Evil: 1" }],
    ["no hex", { traceparent: "00-0af7651916cd43dd8448eb211c80319z-b7ad6b7169203331-01" }],
    ["zeros", { traceparent: "00-00000000000000000000000000000000-b7ad6b7169203331-01" }],
    ["a number", { traceparent: 7 }],
    ["a state alone", { tracestate: "a=b" }],
    [
      "a header of the sender's",
      { "Content-Type": "text/plain", "X-AuraConnect-Signature": "sha256=0", baggage: "user=7" },
    ],
  ])("sends no header that is not of a trace: %s", async (_, headers) => {
    const sent: TransportRequest[] = [];
    const transport: Transport = {
      send(request) {
        sent.push(request);
        return Promise.resolve({ kind: "response", status: 200, headers: {}, body: "", durationMs: 1 });
      },
      close: () => Promise.resolve(),
    };
    const attempting: Telemetry["attempting"] = () => ({
      headers: headers as Record<string, string>,
      run(send) {
        send();
      },
      end: () => undefined,
    });
    const sender = await startSender({ transport, telemetry: { ...well, attempting } });
    await sender.webhooks.create({ url: "http://127.0.0.1:9/", events: ["*"] });
    await sender.publish("order.created", order);
    await until("it was sent", () => sent.length === 1);
    expect(sent[0]?.headers["Content-Type"]).toBe("application/json");
    expect(sent[0]?.headers["X-AuraConnect-Signature"]).toMatch(/^sha256=[\da-f]{64}$/);
    expect(Object.keys(sent[0]?.headers ?? {}).filter((name) => /trace|baggage/i.test(name))).toEqual([]);
  });

  test.each([
    "",
    "00-zz",
    "x".repeat(641),
    "00-\u0000",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01;=,,=;\t",
  ])("links to nothing where a store answers %j", async (stored) => {
    const { telemetry, seen } = telemetryScene();
    const { url } = await endpoint();
    const store = memoryStore();
    const claim = store.queue.claim.bind(store.queue);
    store.queue.claim = async (request) => {
      const result = await claim(request);
      return { ...result, deliveries: result.deliveries.map((delivery) => ({ ...delivery, trace: stored })) };
    };
    const sender = makeSender({ store, telemetry });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await sender.start();
    const [deliver] = await seen("deliver order.created", 1);
    expect(deliver!.links.map(({ context: linked }) => linked.traceState?.serialize())).toEqual(
      stored.includes(";") ? [""] : [],
    );
  });

  test("does nothing without an SDK", async () => {
    const { url, requests } = await endpoint();
    const sender = await startSender({ telemetry: openTelemetry() });
    await sender.webhooks.create({ url, events: ["*"] });
    await sender.publish("order.created", order);
    await until("it was sent", () => requests.length === 1);
    expect(requests[0]?.headers["traceparent"]).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ["a typing error", { propagat: false }, "propagat"],
    ["a switch as text", { propagate: "no" }, "propagate"],
    ["a provider that is none", { tracerProvider: {} }, "tracerProvider"],
    ["a provider of something else", { meterProvider: { getTracer: boom } }, "meterProvider"],
  ])("is refused where its options are wrong: %s", (_, options, field) => {
    expect(thrownBy(() => openTelemetry(options))).toMatchObject({ code: "option_invalid", field });
  });
});
