import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const running = new Set<ChildProcess>();

/** Ends at once what still runs, where a run went wrong. */
export function killApps(): void {
  for (const child of running) child.kill("SIGKILL");
}
process.once("exit", killApps);

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
    running.add(child);
    child.once("exit", () => running.delete(child));
    const [says, port] = await new Promise<readonly [string, string]>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        const [, ...ready] = /^(.*); listening on (\d+)$/.exec(line) ?? [];
        if (ready[0] !== undefined && ready[1] !== undefined) resolve([ready[0], ready[1]]);
      });
      child.once("exit", () => {
        reject(new Error(`${app} ended before it listened; what it said is above.`));
      });
    });
    return new AppProcess(child, says, port);
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
