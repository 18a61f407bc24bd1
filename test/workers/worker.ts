import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WorkerOrders } from "./worker-process.js";

const PROCESS = fileURLToPath(new URL("worker-process.ts", import.meta.url));

/** A worker in a process of its own, as its parent sees it. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #lines: Promise<unknown>;
  readonly #exited: Promise<unknown>;
  #accepted = 0;

  /** @param accept Called with the id of each event that the worker was told is accepted. */
  constructor(orders: WorkerOrders, accept: (eventId: string) => void) {
    this.#child = spawn(process.execPath, ["--import", "tsx", PROCESS, JSON.stringify(orders)], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    this.#exited = once(this.#child, "exit");
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("The worker has no standard output.");
    const lines = createInterface({ input: stdout }).on("line", (eventId) => {
      this.#accepted += 1;
      accept(eventId);
    });
    this.#lines = once(lines, "close");
  }

  /** How many events it was told are accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resolves when it delivers. */
  async started(): Promise<void> {
    await this.#said("started");
  }

  /** Ends it as a crash does. Resolves when everything it had said was read. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
    await this.#lines;
  }

  /** Stops it in its tracks: it neither runs nor knows that time goes by. */
  suspend(): void {
    this.#child.kill("SIGSTOP");
  }

  /** Lets it go on after {@link suspend}. */
  continue(): void {
    this.#child.kill("SIGCONT");
  }

  publishNoMore(): void {
    this.#child.send("publish no more");
  }

  /** Has it stop cleanly: what it holds is given back. */
  async stop(): Promise<void> {
    const stopped = this.#said("stopped");
    this.#child.send("stop");
    await stopped;
    await this.#exited;
  }

  async #said(word: string): Promise<void> {
    for (;;) {
      const [message] = (await Promise.race([
        once(this.#child, "message"),
        this.#exited.then(() => {
          throw new Error(`A worker ended before it said that it has ${word}.`);
        }),
      ])) as [unknown];
      if (message === word) return;
    }
  }
}
