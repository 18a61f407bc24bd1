import { WebhookError } from "../../errors.js";
import { Statements, type SqliteDatabase } from "./database.js";
import { isBusy, isInsideTransaction, storeError } from "./failure.js";
import { FIRST_PAUSE_MS, jittered, longer, PATIENCE_MS, retryWhileBusy } from "./patience.js";

const BEGIN_READ = "begin";
const BEGIN_WRITE = "begin immediate";
const COMMIT = "commit";
const SAVEPOINT = "savepoint webhook_write";
const RELEASE = "release webhook_write";
const ROLLBACK_TO = "rollback to webhook_write";

/** One call that waits for the next transaction. */
interface PendingWrite {
  readonly run: (statements: Statements) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: WebhookError) => void;
  readonly deadline: number;
}

/**
 * A connection that commits in groups: all writes that were asked for in one turn of the event loop share a
 * transaction, and so one fsync. Each resolves after the commit; one that throws is undone alone.
 *
 * It never waits for a lock for long in the driver, which would stop the event loop: it tries again later, for 10 s.
 * A transaction that the host has open on its own connection is waited for like a lock, never joined.
 */
export class SqliteConnection {
  readonly #statements: Statements;
  #pending: PendingWrite[] = [];
  #scheduled = false;
  #pauseMs = FIRST_PAUSE_MS;
  #closed = false;

  constructor(
    database: SqliteDatabase,
    private readonly release: () => void,
  ) {
    this.#statements = new Statements(database);
  }

  /**
   * Runs `run` in the next group and resolves with its result when that is committed. `run` may be run again when the
   * group meets a lock, so it touches nothing but the database.
   */
  write<Result>(run: (statements: Statements) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(closedError());
        return;
      }
      const deadline = performance.now() + PATIENCE_MS;
      this.#pending.push({ run, resolve, reject, deadline });
      this.#schedule();
    });
  }

  /** Runs `run` on one snapshot. Inside a transaction of the host's it sees what that transaction sees. */
  read<Result>(run: (statements: Statements) => Result): Promise<Result> {
    return retryWhileBusy(() => this.#readOnce(run));
  }

  /** Commits what waits, then lets go of the connection. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.write(() => undefined).catch(() => undefined);
    this.#closed = true;
    this.release();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#flush();
    });
  }

  #flush(): void {
    const group = this.#pending;
    try {
      const answers = this.#transact(group);
      this.#pending = [];
      this.#scheduled = false;
      this.#pauseMs = FIRST_PAUSE_MS;
      for (const answer of answers) answer();
    } catch (error) {
      if (isBusy(error)) {
        this.#flushLater(error);
        return;
      }
      this.#pending = [];
      this.#scheduled = false;
      for (const { reject } of group) reject(storeError(error));
    }
  }

  /** Those who asked meanwhile join the group: whoever gets the lock writes for all. */
  #flushLater(error: unknown): void {
    const now = performance.now();
    const given = this.#pending.filter(({ deadline }) => deadline <= now);
    this.#pending = this.#pending.filter(({ deadline }) => deadline > now);
    for (const { reject } of given) reject(storeError(error));
    if (this.#pending.length === 0) {
      this.#scheduled = false;
      return;
    }
    setTimeout(() => {
      this.#flush();
    }, jittered(this.#pauseMs));
    this.#pauseMs = longer(this.#pauseMs);
  }

  /** Runs a group in one transaction; answers what to tell each caller now that it is committed. */
  #transact(group: readonly PendingWrite[]): (() => void)[] {
    this.#statements.run(BEGIN_WRITE);
    try {
      const alone = group.length === 1;
      const answers = group.map((write) => (alone ? this.#run(write) : this.#runGuarded(write)));
      this.#statements.run(COMMIT);
      return answers;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #run({ run, resolve }: PendingWrite): () => void {
    const result = run(this.#statements);
    return () => {
      resolve(result as never);
    };
  }

  #runGuarded(write: PendingWrite): () => void {
    this.#statements.run(SAVEPOINT);
    try {
      const answer = this.#run(write);
      this.#statements.run(RELEASE);
      return answer;
    } catch (error) {
      // Throws where SQLite has undone the whole transaction (a full disk): then the group fails as one.
      this.#statements.run(ROLLBACK_TO);
      this.#statements.run(RELEASE);
      return () => {
        write.reject(storeError(error));
      };
    }
  }

  #readOnce<Result>(run: (statements: Statements) => Result): Result {
    if (this.#closed) throw closedError();
    try {
      this.#statements.run(BEGIN_READ);
    } catch (error) {
      if (isInsideTransaction(error)) return run(this.#statements);
      throw error;
    }
    try {
      const result = run(this.#statements);
      this.#statements.run(COMMIT);
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #rollback(): void {
    try {
      this.#statements.database.exec("rollback");
    } catch {
      // SQLite has rolled back on its own already; the error that led here is the one to tell.
    }
  }
}

function closedError(): WebhookError {
  return new WebhookError("store_unavailable", "The SQLite store is not open; call `open()`, or start the sender.");
}
