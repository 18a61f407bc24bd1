import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Deadline } from "./deadline.js";

/** How long a child may take to end when it is asked to. */
const END_MS = 3_000;

/** A process of the bench, which tells and is told by messages. */
export class Child<Tells extends { readonly kind: string }, Order> {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #heard: Tells[] = [];
  readonly #lines: Promise<unknown>;
  #onHeard: () => void = () => undefined;

  /**
   * @param onLine Called with each line of its standard output, which is nobody's otherwise.
   * @param nodeArgs What Node itself is told.
   */
  constructor(
    file: string,
    args: readonly string[],
    onLine?: (line: string) => void,
    nodeArgs: readonly string[] = [],
  ) {
    // Not what this process was started with, which may be a test runner.
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execArgv: ["--import", "tsx", ...nodeArgs],
      stdio: ["ignore", onLine === undefined ? "ignore" : "pipe", "inherit", "ipc"],
    });
    this.#exited = once(this.#process, "exit");
    this.#process.on("message", (message) => {
      this.#heard.push(message as Tells);
      this.#onHeard();
    });
    void this.#exited.then(() => {
      this.#onHeard();
    });
    const { stdout } = this.#process;
    this.#lines =
      stdout === null || onLine === undefined
        ? Promise.resolve()
        : once(createInterface({ input: stdout }).on("line", onLine), "close");
  }

  /**
   * The first message of this kind that nobody was given yet.
   *
   * @throws `Error` when the process ends first, or the deadline passes; one child is waited for by one caller.
   */
  async told<Kind extends Tells["kind"]>(kind: Kind, deadline: Deadline): Promise<Extract<Tells, { kind: Kind }>> {
    for (;;) {
      const index = this.#heard.findIndex((message) => message.kind === kind);
      const [message] = index === -1 ? [] : this.#heard.splice(index, 1);
      if (message !== undefined) return message as Extract<Tells, { kind: Kind }>;
      if (this.#isOver) throw new Error(`A process ended before it told "${kind}".`);
      await deadline.race(new Promise<void>((resolve) => (this.#onHeard = resolve)));
    }
  }

  order(order: Order): void {
    if (this.#process.connected) this.#process.send(order as object);
  }

  /** Ends it as a crash does. Resolves when everything it had written was read. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
    await this.#lines;
  }

  /** Lets it end by itself once it was told to; kills it if that takes long. */
  async ended(): Promise<void> {
    await new Deadline(END_MS).race(this.#exited).catch(() => undefined);
    await this.kill();
  }

  get #isOver(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}
