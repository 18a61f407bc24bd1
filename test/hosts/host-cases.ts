import { afterEach, describe, expect, test, vi } from "vitest";
import { createReceiver, type EventContext, type Receiver, type RequestReceiver } from "@auraconnect/webhooks/receiver";
import { sign } from "@auraconnect/webhooks/signature";
import { signedRequest } from "../../src/testing/signed-request.js";
import { simulatedClock, type SimulatedClock } from "../../src/testing/simulated-clock.js";
import { breakOff, exchange, type HostAnswer, type HostRequest } from "./http-client.js";

/** `connections`: it also decides when to stop reading and to close. */
type Owned = "sockets" | "connections";

/** A way to mount a receiver, on real sockets where the host has any. */
export interface Host {
  readonly name: string;
  open(receiver: RequestReceiver): Promise<OpenHost>;
  /** Cases that count on what a host does not have are not for it: it is called without a socket, or reads a body before us. */
  readonly owns: readonly Owned[];
}

export interface OpenHost {
  send(request: HostRequest): Promise<HostAnswer>;
  readonly port: number;
  readonly close: () => Promise<void>;
}

interface Setting {
  readonly host: OpenHost;
  readonly receiver: Receiver;
  readonly clock: SimulatedClock;
  readonly handler: ReturnType<typeof vi.fn<(event: unknown, context: EventContext) => unknown>>;
  readonly onError: ReturnType<typeof vi.fn>;
}

interface HostCase {
  readonly name: string;
  readonly needs?: Owned;
  readonly run: (setting: Setting) => Promise<void>;
}

export const secret = "your-webhook-secret";
const MAX_BODY_BYTES = 2_000;
const created = (id = "evt_1", now = Date.now()) => signedRequest({ type: "order.created", secret, id, now });

function signedBody(body: string | Uint8Array, headers: Record<string, string> = {}): HostRequest {
  const signature = { "X-AuraConnect-Signature": sign(body, secret), "Content-Type": "application/json" };
  return { method: "POST", headers: { ...signature, ...headers }, body };
}

const unknownEvent = (object: object) =>
  JSON.stringify({ id: "evt_1", type: "table.reserved", created: "2026-01-01T00:00:00Z", data: { object } });

/** Sends a request that must be refused, and checks that nobody handled it. */
const refuses = (name: string, request: () => HostRequest, status: number, code: string): HostCase => ({
  name,
  async run({ host, handler }) {
    const answer = await host.send(request());
    expect(answer).toMatchObject({ status, body: JSON.stringify({ error: code }) });
    expect(answer.headers["content-type"]).toMatch(/^application\/json(; charset=utf-8)?$/);
    expect(handler).not.toHaveBeenCalled();
  },
});

/** What every host promises. */
const HOST_CASES: readonly HostCase[] = [
  {
    name: "hands a signed event to its handler",
    async run({ host, handler }) {
      const request = created();
      const answer = await host.send(request);
      expect(answer).toMatchObject({ status: 200, body: '{"received":true}' });
      expect(answer.headers["content-type"]).toMatch(/^application\/json(; charset=utf-8)?$/);
      expect(handler.mock.calls[0]?.[0]).toEqual(JSON.parse(request.body));
      expect(handler.mock.calls[0]?.[1]).toMatchObject({ webhookId: "webhook_test", attemptAtProven: true });
    },
  },
  {
    name: "verifies the very bytes, wherever they are cut",
    async run({ host, handler }) {
      const body = Buffer.from(`\u{feff} ${unknownEvent({ name: "Zoë 🍅" })}\r\n`);
      const cuts = [0, 1, 2, body.indexOf(0xf0) + 2, body.length];
      const chunks = cuts.slice(1).map((end, index) => body.subarray(cuts[index], end));
      expect(await host.send({ ...signedBody(body), body: chunks })).toMatchObject({ status: 200 });
      expect(Buffer.from(handler.mock.calls[0]![1].rawBody).equals(body)).toBe(true);
    },
  },
  {
    name: "finds headers in any case",
    async run({ host }) {
      const { headers, ...request } = created();
      const upper = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]);
      expect(await host.send({ ...request, headers: Object.fromEntries(upper) as typeof headers })).toMatchObject({
        status: 200,
      });
    },
  },
  {
    name: "acknowledges an event of an unknown type",
    async run({ host }) {
      expect(await host.send(signedBody(unknownEvent({})))).toMatchObject({ status: 200, body: '{"received":true}' });
    },
  },
  {
    name: "handles an event once",
    async run({ host, handler }) {
      expect([(await host.send(created())).status, (await host.send(created())).status]).toEqual([200, 200]);
      expect(handler).toHaveBeenCalledOnce();
    },
  },
  {
    name: "puts an event off while it is being handled",
    async run({ host, handler }) {
      let finish: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => {
        handler.mockImplementation(() => {
          resolve();
          return new Promise<void>((end) => (finish = end));
        });
      });
      const first = host.send(created());
      await begun;
      const second = await host.send(created());
      expect(second).toMatchObject({ status: 409, body: '{"error":"event_in_progress"}' });
      expect(second.headers["retry-after"]).toMatch(/^\d+$/);
      finish();
      expect((await first).status).toBe(200);
    },
  },
  {
    name: "answers 500 when a handler throws, and handles the event when it comes again",
    async run({ host, handler, onError }) {
      handler.mockRejectedValueOnce(new Error("no database"));
      expect(await host.send(created())).toMatchObject({ status: 500, body: '{"error":"handler_failed"}' });
      expect(await host.send(created())).toMatchObject({ status: 200 });
      expect(onError).toHaveBeenCalledOnce();
    },
  },
  {
    name: "names POST where another method came",
    async run({ host }) {
      const answer = await host.send({ method: "GET", headers: {}, body: "" });
      expect(answer).toMatchObject({ status: 405, body: '{"error":"method_not_allowed"}' });
      expect(answer.headers["allow"]).toBe("POST");
    },
  },
  refuses("refuses a tampered body", () => ({ ...created(), body: unknownEvent({}) }), 401, "signature_invalid"),
  refuses("refuses an empty body", () => ({ ...created(), body: "" }), 401, "signature_invalid"),
  refuses(
    "refuses a request without a signature",
    () => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: unknownEvent({}) }),
    401,
    "signature_missing",
  ),
  refuses(
    "refuses what was parsed and serialised again",
    () => {
      const { headers, body, method } = created();
      return { method, headers, body: JSON.stringify(JSON.parse(body), null, 1) };
    },
    401,
    "signature_invalid",
  ),
  refuses(
    "refuses another content type",
    () => signedBody(unknownEvent({}), { "Content-Type": "text/plain" }),
    415,
    "unsupported_media_type",
  ),
  refuses("refuses what is no event", () => signedBody("[]"), 400, "event_malformed"),
  refuses(
    "refuses a header that contradicts the body",
    () => signedBody(unknownEvent({}), { "X-AuraConnect-Event-Id": "evt_2" }),
    400,
    "event_malformed",
  ),
  refuses(
    "refuses a body over the limit",
    () => signedBody(unknownEvent({ pad: "x".repeat(MAX_BODY_BYTES) })),
    413,
    "payload_too_large",
  ),
  refuses(
    "refuses a body over the limit that declares no length",
    () => {
      const body = Buffer.from(unknownEvent({ pad: "x".repeat(MAX_BODY_BYTES) }));
      return { ...signedBody(body), body: [body.subarray(0, 1_500), body.subarray(1_500)] };
    },
    413,
    "payload_too_large",
  ),
  {
    name: "answers a length over the limit at once, without waiting for the body",
    needs: "connections",
    async run({ host }) {
      const answer = await exchange(host.port, head("Content-Length: 2001") + "{");
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toContain('{"error":"payload_too_large"}');
    },
  },
  {
    name: "cuts off a body that grows over the limit, and closes its connection",
    needs: "connections",
    async run({ host }) {
      const chunk = `400\r\n${"x".repeat(1_024)}\r\n`;
      const answer = await exchange(host.port, head("Transfer-Encoding: chunked") + chunk + chunk);
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    },
  },
  {
    name: "cuts off a client that drips its body, and closes its connection",
    needs: "connections",
    async run({ host, clock, handler }) {
      const state = { answer: "" };
      const dripping = exchange(host.port, head("Content-Length: 500") + "{").then((answer) => (state.answer = answer));
      while (state.answer === "") await clock.advance(1_000);
      await dripping;
      expect(state.answer).toMatch(/^HTTP\/1.1 408 /);
      expect(state.answer).toMatch(/\r\nConnection: close\r\n/i);
      expect(state.answer).toContain('{"error":"body_timeout"}');
      expect(await host.send(created("evt_2", clock.now()))).toMatchObject({ status: 200 });
      expect(handler).toHaveBeenCalledOnce();
    },
  },
  {
    name: "keeps the connections of requests that were read to their end",
    needs: "connections",
    async run({ host, handler }) {
      const { headers, body } = created();
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const first = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
      const second = head([...lines.slice(1), `Content-Length: ${body.length}`].join("\r\n")) + body;
      const last = head("Connection: close\r\nContent-Length: 0");
      const answers = await exchange(host.port, first + second + last);
      expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 405", "HTTP/1.1 200", "HTTP/1.1 401"]);
      expect(handler).toHaveBeenCalledOnce();
    },
  },
  {
    name: "lives on when a client goes away in the middle of a body",
    needs: "sockets",
    async run({ host, handler }) {
      await breakOff(host.port, head("Content-Length: 500") + "{");
      await breakOff(host.port, head("Transfer-Encoding: chunked") + "5\r\n{");
      expect(await host.send(created())).toMatchObject({ status: 200 });
      expect(handler).toHaveBeenCalledOnce();
    },
  },
];

/** The head of a signed-looking request, up to and with the empty line. */
function head(lines: string): string {
  return `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines}\r\n\r\n`;
}

/** Runs the shared cases against a host. */
export function testHost(host: Host): void {
  describe(`${host.name}: what every host promises`, () => {
    let open: OpenHost | null = null;
    afterEach(async () => {
      await open?.close();
    });

    for (const { name, needs, run } of HOST_CASES) {
      if (needs !== undefined && !host.owns.includes(needs)) continue;
      test(name, async () => {
        const onError = vi.fn();
        const handler = vi.fn<Setting["handler"]>();
        const clock = simulatedClock(Date.now());
        const receiver = createReceiver({ secret, onError, clock, maxBodyBytes: MAX_BODY_BYTES }).on("*", handler);
        open = await host.open(receiver);
        await run({ host: open, receiver, clock, handler, onError });
      });
    }
  });
}
