import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An app of this example, in a process of its own. */
export class AppProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** What it said when it was ready. */
    readonly says: string,
    readonly port: string,
  ) {}

  /** Starts `examples/<app>/server.ts` and waits until it listens. */
  static async start(app: string, env: NodeJS.ProcessEnv): Promise<AppProcess> {
    const child = spawn(process.execPath, ["--import", "tsx", `examples/${app}/server.ts`], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    for await (const line of createInterface(child.stdout)) {
      const [, says = "", port = ""] = /^(.*); listening on (\d+)$/.exec(line) ?? [];
      // What it prints further is of no interest, but has to flow.
      if (port !== "") return new AppProcess((child.stdout.resume(), child), says, port);
    }
    throw new Error(`${app} ended before it listened; what it said is above.`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Stops it as a deployment does, and waits until it has ended. Answers its exit code. */
  async stop(): Promise<number | null> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    return code;
  }
}
