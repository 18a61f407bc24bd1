import Database from "better-sqlite3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { signedRequest } from "../../src/testing/signed-request.js";
import { databaseFile } from "../adapters/sqlite/database-file.js";

const FIXTURE = fileURLToPath(new URL("inbox-crash.fixture.ts", import.meta.url));
const secret = "your-webhook-secret";

/** Starts a receiver that stays where it is told to; `said` is what it says, in its order. */
async function startReceiver(path: string, place: string, hoursAhead: number) {
  const argv = ["--import", "tsx", FIXTURE, path, place, String(hoursAhead)];
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

test.each(["acknowledged", "begun", "committed"])(
  "killed when an event is %s, the receiver loses nothing and books nothing twice",
  async (place) => {
    const path = databaseFile();
    const first = await startReceiver(path, place, 0);
    const ids = ["evt_1", "evt_2", "evt_3"];
    for (const id of ids) expect(await first.send(id)).toBe(200);
    if (place !== "acknowledged") {
      await vi.waitFor(() => {
        expect(first.said.filter((line) => line.startsWith(place))).toHaveLength(ids.length);
      }, 12_000);
    }
    await first.kill();

    const second = await startReceiver(path, "nowhere", 1);
    for (const id of ids) expect(await second.send(id)).toBe(200);
    const database = new Database(path);
    onTestFinished(() => {
      database.close();
    });
    const state = () => database.prepare("select id, state from webhook_inbox order by id").raw().all();
    await vi.waitFor(() => {
      expect(state()).toEqual(ids.map((id) => [id, "done"]));
    }, 12_000);
    expect(database.prepare("select event_id from ledger order by event_id").pluck().all()).toEqual(ids);
    if (place === "committed") expect(second.said.filter((line) => line.startsWith("begun"))).toEqual([]);
  },
  40_000,
);
