import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createReceiver, createSender } from "@auraconnect/webhooks";
import { memoryIdempotency, memoryInbox, memoryStore } from "@auraconnect/webhooks/memory";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/clock.js";
import { undiciTransport } from "../../src/adapters/undici/transport.js";
import { resolveReceiverOptions } from "../../src/receiver/options.js";
import { resolveSenderOptions } from "../../src/sender/options.js";
import { thrownBy } from "../protocol/thrown-by.js";
import { page, tableUnder } from "./page.js";

/** A side of the package, and the page that lists its options. */
interface Side {
  readonly page: string;
  readonly source: string;
  readonly interfaceName: string;
  readonly defaults: object;
  readonly make: (options: object) => unknown;
}

const store = memoryStore();
const secret = "your-webhook-secret";
const SIDES: readonly Side[] = [
  {
    page: "sending.md",
    source: "sender/options.ts",
    interfaceName: "SenderOptions",
    defaults: resolveSenderOptions({ store }, { clock: systemClock, transport: undiciTransport }),
    make: (options) => createSender({ store, ...options }),
  },
  {
    page: "receiving.md",
    source: "receiver/options.ts",
    interfaceName: "ReceiverOptions",
    defaults: resolveReceiverOptions({ secret }, { clock: systemClock, idempotency: () => memoryIdempotency() }),
    make: (options) => createReceiver({ secret, inbox: memoryInbox(), ...options }),
  },
];

/** The names that an interface of the source declares, in order. */
function declaredOptions({ source, interfaceName }: Side): readonly string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../src/${source}`, import.meta.url)), "utf8");
  const body = new RegExp(`^export interface ${interfaceName}\\b[^]*?^}`, "m").exec(text)?.[0] ?? "";
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
}

const toNumber = (text: string): number => Number(text.replaceAll(",", ""));

describe.each(SIDES)("the options in $page", (side) => {
  const rows = tableUnder(page(side.page), "## Options");

  test("are those of the source, in its order", () => {
    expect(rows.map(([name]) => name)).toEqual(declaredOptions(side));
  });

  test("have the defaults that are written there", () => {
    const written = rows.filter(
      ([name = "", value = ""]) => /^[\d,]+$/.test(value) && Object.hasOwn(side.defaults, name),
    );
    expect(written.length).toBeGreaterThan(2);
    expect(Object.fromEntries(written.map(([name = "", value = ""]) => [name, toNumber(value)]))).toEqual(
      Object.fromEntries(written.map(([name = ""]) => [name, Reflect.get(side.defaults, name)])),
    );
  });

  const ranges = rows.flatMap(([name = "", , range = ""]) => {
    const [, least, most] = /^([\d,]+) to ([\d,]+)/.exec(range) ?? [];
    return least === undefined || most === undefined ? [] : [{ name, least: toNumber(least), most: toNumber(most) }];
  });

  test.each(ranges)("take for $name $least to $most and nothing beyond", ({ name, least, most }) => {
    // What follows from it is given too, so that only this one can be at fault.
    const others = name === "concurrency" && side.page === "sending.md" ? { concurrencyPerWebhook: 1 } : {};
    for (const value of [least, most]) expect(() => side.make({ ...others, [name]: value })).not.toThrow();
    for (const value of [least - 1, most + 1]) {
      const error = thrownBy(() => side.make({ ...others, [name]: value }));
      expect(error).toMatchObject({ code: "option_invalid", field: name });
    }
  });
});
