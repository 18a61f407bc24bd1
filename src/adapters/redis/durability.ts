import type { Logger } from "../../ports/logger.js";
import type { RedisConnection } from "./connection.js";

/**
 * Warns where a server is set to lose what it is given: without an append-only file a crash of the server loses
 * everything since its last snapshot, and with a memory limit it may evict keys. Never rejects: this is advice.
 *
 * `INFO` tells both, also on managed servers that refuse `CONFIG`.
 */
export async function warnOfLoss(connection: RedisConnection, logger: Logger): Promise<void> {
  let infos: readonly string[];
  try {
    infos = await connection.infos();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn(
      { reason },
      "Redis does not say how durable it is: see that it has an append-only file and does not evict",
    );
    return;
  }
  for (const info of infos) warnOf(info, logger);
}

function warnOf(info: string, logger: Logger): void {
  const fields = new Map([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = "", value = ""]) => [name, value]));
  const server = { server: fields.get("tcp_port") ?? "unknown", runId: fields.get("run_id") ?? "unknown" };
  const isAppending = fields.get("aof_enabled");
  const limit = fields.get("maxmemory");
  const policy = fields.get("maxmemory_policy");
  if (isAppending === "0") {
    logger.warn(server, "Redis has no append-only file: a crash loses what was published; set `appendonly yes`");
  }
  if (limit !== undefined && limit !== "0" && policy !== undefined && policy !== "noeviction") {
    logger.warn({ ...server, policy }, "Redis may evict what was published; set `maxmemory-policy noeviction`");
  }
  if (isAppending === undefined || policy === undefined) {
    logger.warn(server, "Redis does not say how durable it is: see that it has an append-only file and does not evict");
  }
}
