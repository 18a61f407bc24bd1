import { hearWith, type Subscriber } from "./hearing.js";
import type { RedisPort } from "./port.js";

/** Keys and arguments of a script, as node-redis takes them. */
export interface NodeRedisEvalOptions {
  keys: string[];
  arguments: string[];
}

/** What the adapter asks of a client of node-redis. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  evalSha(sha: string, options: NodeRedisEvalOptions): Promise<unknown>;
  eval(lua: string, options: NodeRedisEvalOptions): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  info(): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** What the adapter asks of a cluster client of node-redis. */
export interface NodeRedisCluster extends Pick<NodeRedisClient, "evalSha" | "eval" | "publish"> {
  readonly masters: readonly unknown[];
  nodeClient(node: never): NodeRedisClient | Promise<NodeRedisClient>;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  /** From major 5 on. */
  destroy?(): void;
}

/** What the adapter asks of the connection that it makes itself. */
export interface NodeRedisSubscriber {
  readonly isOpen: boolean;
  on(event: string, listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  disconnect(): Promise<unknown>;
  /** From major 5 on. */
  destroy?(): void;
}

/** The port on a client of node-redis. */
export function nodeRedisPort(client: NodeRedisClient | NodeRedisCluster): RedisPort {
  return {
    isCluster: "nodeClient" in client,
    runKnown: ({ sha }, key, args) =>
      isMisled(client)
        ? client.sendCommand(key, false, ["EVALSHA", sha, "1", key, ...args])
        : client.evalSha(sha, { keys: [key], arguments: [...args] }),
    run: ({ lua }, key, args) =>
      isMisled(client)
        ? client.sendCommand(key, false, ["EVAL", lua, "1", key, ...args])
        : client.eval(lua, { keys: [key], arguments: [...args] }),
    publish: (channel, message) => client.publish(channel, message),
    infos: async () => {
      const nodes = await nodesOf(client);
      return Promise.all(nodes.map(async (node) => String(await node.info())));
    },
    hear: (channel, onMessage) => hearWith(() => subscriberOf(client, channel, onMessage)),
  };
}

/** The cluster client of major 4 does not see the key of a script, and sends it to any node; it has to be told. */
function isMisled(client: NodeRedisClient | NodeRedisCluster): client is NodeRedisCluster {
  return "nodeClient" in client && client.destroy === undefined;
}

async function nodesOf(client: NodeRedisClient | NodeRedisCluster): Promise<readonly NodeRedisClient[]> {
  if (!("nodeClient" in client)) return [client];
  return Promise.all(client.masters.map(async (node) => client.nodeClient(node as never)));
}

async function subscriberOf(
  client: NodeRedisClient | NodeRedisCluster,
  channel: string,
  onMessage: (message: string) => void,
): Promise<Subscriber> {
  const nodes = await nodesOf(client);
  // A cluster tells all of its nodes of a message, so any of them will do, and after one is lost another.
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error("The cluster has no nodes yet.");
  const subscriber = node.duplicate();
  // Without a listener an error would end the process.
  subscriber.on("error", () => undefined);
  return {
    start: async () => {
      await subscriber.connect();
      await subscriber.subscribe(channel, onMessage);
    },
    isOver: () => !subscriber.isOpen,
    end: () => {
      end(subscriber);
    },
  };
}

function end(subscriber: NodeRedisSubscriber): void {
  try {
    if (subscriber.destroy !== undefined) subscriber.destroy();
    else void subscriber.disconnect().catch(() => undefined);
  } catch {
    // It has ended already.
  }
}
