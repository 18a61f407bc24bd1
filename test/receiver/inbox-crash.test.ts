import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { EventContext, Inbox } from "@auraconnect/webhooks/receiver";
import { signedRequest } from "../../src/testing/signed-request.js";
import { postgresUrl, testSchema } from "../adapters/postgres/database.js";
import { databaseFile } from "../adapters/sqlite/database-file.js";

const FIXTURE = fileURLToPath(new URL("inbox-crash.fixture.ts", import.meta.url));
const secret = "your-webhook-secret";

/** Opens an inbox, and a ledger that is written in one transaction with it. */
export type OpenInbox = (
  where: string,
  now: () => number,
) => Promise<{
  readonly inbox: Inbox;
  readonly book: (id: string, context: EventContext) => Promise<void>;
  readonly booked: () => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}>;

const INBOXES = [
  { name: "SQLite", folder: "sqlite", isThere: true, place: databaseFile },
  {
    name: "PostgreSQL",
    folder: "postgres",
    isThere: postgresUrl !== null,
    place: () => JSON.stringify({ connectionString: postgresUrl, schema: testSchema("crash") }),
  },
];

/** Starts a receiver that stays where it is told to; `said` is what it says, in its order. */
async function startReceiver(opener: string, where: string, place: string, hoursAhead: number) {
  const argv = ["--import", "tsx", FIXTURE, opener, where, place, String(hoursAhead)];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(line));
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  onTestFinished(kill);
  await vi.waitFor(() => {
    expect(said.some((line) => line.startsWith("listening"))).toBe(true);
  }, 12_000);
  const port = said.find((line) => line.startsWith("listening"))?.split(" ")[1] ?? "";
  const send = async (id: string) =>
    (await fetch(`http://127.0.0.1:${port}/`, signedRequest({ type: "order.created", secret, id }))).status;
  return { said, kill, send };
}

describe.each(INBOXES)("an inbox on $name", ({ folder, isThere, place }) => {
  const opener = new URL(`../adapters/${folder}/open-inbox.ts`, import.meta.url).href;

  test.skipIf(!isThere).each(["acknowledged", "begun", "committed"])(
    "killed when an event is %s loses nothing, and its handlers book nothing twice",
    async (stage) => {
      const where = place();
      const first = await startReceiver(opener, where, stage, 0);
      const ids = ["evt_1", "evt_2", "evt_3"];
      for (const id of ids) expect(await first.send(id)).toBe(200);
      if (stage !== "acknowledged") {
        await vi.waitFor(() => {
          expect(first.said.filter((line) => line.startsWith(stage))).toHaveLength(ids.length);
        }, 12_000);
      }
      await first.kill();

      const second = await startReceiver(opener, where, "nowhere", 1);
      for (const id of ids) expect(await second.send(id)).toBe(200);
      const { open } = (await import(opener)) as { readonly open: OpenInbox };
      const { inbox, booked, close } = await open(where, Date.now);
      try {
        await vi.waitFor(async () => {
          const { events } = await inbox.list();
          expect(events.map(({ id, state }) => [id, state])).toEqual(ids.map((id) => [id, "done"]));
        }, 12_000);
        expect(await booked()).toEqual(ids);
      } finally {
        await inbox.close();
        await close();
        await second.kill();
      }
      if (stage === "committed") expect(second.said.filter((line) => line.startsWith("begun"))).toEqual([]);
    },
    40_000,
  );
});
