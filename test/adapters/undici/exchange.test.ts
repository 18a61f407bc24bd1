import { Agent, type Dispatcher } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { ConnectError } from "../../../src/adapters/undici/connect-error.js";
import { Exchange } from "../../../src/adapters/undici/exchange.js";
import { systemClock } from "../../../src/adapters/system/clock.js";
import type { TransportResult } from "../../../src/ports/transport.js";
import { httpServer } from "./loopback.js";

/**
 * Sends over undici where the first `failures` dispatches fail with `error` before anything is written, as they do when
 * a reset arrives on an idle connection in the very moment in which it is taken.
 */
async function sendFailingFirst(
  failures: number,
  error: Error,
): Promise<{ result: TransportResult; dispatches: number }> {
  const server = await httpServer((_, response) => response.end("ok"));
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  let dispatches = 0;
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    dispatches += 1;
    if (dispatches > failures) return dispatch(options, handler);
    handler.onResponseError?.(undefined as unknown as Dispatcher.DispatchController, error);
    return true;
  });
  const request = { url: server.origin, headers: {}, body: "{}", timeoutMs: 5_000 };
  const target = { origin: server.origin, path: "/" };
  const result = await new Promise<TransportResult>((done) => {
    new Exchange({ dispatcher, target, request, clock: systemClock, done }).start();
  });
  return { result, dispatches };
}

const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });

test("a request of which nothing was written is sent again at once", async () => {
  expect(await sendFailingFirst(1, reset)).toMatchObject({ result: { status: 200 }, dispatches: 2 });
});

test("it is sent again once only", async () => {
  expect(await sendFailingFirst(9, reset)).toMatchObject({ result: { reason: "connection" }, dispatches: 2 });
});

test("a connection that could not be made is not tried again", async () => {
  const refused = new ConnectError("connection", "The connection was refused.");
  expect(await sendFailingFirst(1, refused)).toMatchObject({ result: { reason: "connection" }, dispatches: 1 });
});
