import { Redis } from "ioredis";
import { eventually } from "../../services/eventually.js";
import { startPrivateRedis, type PrivateRedis } from "../../services/private-redis.js";

const SLOTS = 16_384;

/** A node that has met no other does not know its own address, and clients cannot follow it. */
const SETTINGS = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"];

/** A cluster of the tests' own; each node has as many slots as any other. */
export interface TestCluster {
  /** Of one of its nodes. */
  readonly url: string;
  readonly nodes: readonly PrivateRedis[];
  readonly stop: () => Promise<void>;
}

/** Starts nodes, deals the slots out to them, and waits until each knows all. */
export async function startCluster(size: number): Promise<TestCluster> {
  const nodes: PrivateRedis[] = [];
  for (let count = 0; count < size; count += 1) nodes.push(await startPrivateRedis(SETTINGS));
  const clients = nodes.map(({ url }) => new Redis(url));
  for (const [index, client] of clients.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / size));
    await client.call("CLUSTER", "ADDSLOTSRANGE", String(from), String((to ?? 0) - 1));
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
    if (index > 0) await client.call("CLUSTER", "MEET", "127.0.0.1", String(nodes[0]?.port));
  }
  await eventually("the cluster is complete", async () => {
    const infos = await Promise.all(clients.map((client) => client.call("CLUSTER", "INFO")));
    return infos.every(
      (info) => String(info).includes("cluster_state:ok") && String(info).includes(`known_nodes:${size}`),
    );
  });
  for (const client of clients) client.disconnect();
  return {
    url: nodes[0]?.url ?? "",
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
