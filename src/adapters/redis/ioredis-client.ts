import { hearWith, type Subscriber } from "./hearing.js";
import type { RedisPort } from "./port.js";

/** What the adapter asks of a `Redis` of ioredis. */
export interface IoredisClient {
  readonly status: string;
  evalsha(sha: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>;
  eval(lua: string, keyCount: number, ...keysAndArgs: string[]): Promise<unknown>;
  publish(channel: string, message: string): Promise<unknown>;
  info(): Promise<string>;
  duplicate(): IoredisSubscriber;
}

/** What the adapter asks of a `Cluster` of ioredis. */
export interface IoredisCluster extends Pick<IoredisClient, "evalsha" | "eval" | "publish"> {
  nodes(role: "master"): IoredisClient[];
}

/** What the adapter asks of the connection that it makes itself. */
export interface IoredisSubscriber {
  readonly status: string;
  on(event: string, listener: (...args: string[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** The port on a client of ioredis. */
export function ioredisPort(client: IoredisClient | IoredisCluster): RedisPort {
  return {
    isCluster: "nodes" in client,
    runKnown: ({ sha }, key, args) => client.evalsha(sha, 1, key, ...args),
    run: ({ lua }, key, args) => client.eval(lua, 1, key, ...args),
    publish: (channel, message) => client.publish(channel, message),
    infos: () => Promise.all(nodesOf(client).map((node) => node.info())),
    hear: (channel, onMessage) => hearWith(() => subscriberOf(client, channel, onMessage)),
  };
}

/** A cluster that has not met its nodes yet says so by having none. */
function nodesOf(client: IoredisClient | IoredisCluster): readonly IoredisClient[] {
  return "nodes" in client ? client.nodes("master") : [client];
}

function subscriberOf(
  client: IoredisClient | IoredisCluster,
  channel: string,
  onMessage: (message: string) => void,
): Subscriber {
  const nodes = nodesOf(client);
  // A cluster tells all of its nodes of a message, so any of them will do, and after one is lost another.
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error("The cluster has no nodes yet.");
  const subscriber = node.duplicate();
  // Without a listener an error would end the process.
  subscriber.on("error", () => undefined);
  subscriber.on("message", (_channel, message = "") => {
    onMessage(message);
  });
  return {
    start: () => subscriber.subscribe(channel),
    isOver: () => subscriber.status === "end",
    end: () => {
      subscriber.disconnect();
    },
  };
}
