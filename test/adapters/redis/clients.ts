import { Redis, Cluster } from "ioredis";
import { Redis as Redis5, Cluster as Cluster5 } from "ioredis5";
import { createClient, createCluster } from "redis";
import { createClient as createClient4, createCluster as createCluster4 } from "redis4";
import type { RedisClient } from "@auraconnect/webhooks/redis";

/** A client of the host's, and how the host lets go of it. */
export interface OpenClient {
  readonly client: RedisClient;
  readonly end: () => void;
}

/** A way to connect to the server, or to the cluster of which it is a node, at a URL. */
export interface ClientKind {
  readonly name: string;
  readonly open: (url: string) => Promise<OpenClient>;
}

/** Clients of one server. */
export const clientKinds: readonly ClientKind[] = [
  { name: "ioredis 6", open: (url) => Promise.resolve(ended(new Redis(url))) },
  { name: "ioredis 5", open: (url) => Promise.resolve(ended(new Redis5(url))) },
  {
    name: "redis 6",
    async open(url) {
      const client = createClient({ url });
      client.on("error", () => undefined);
      await client.connect();
      return {
        client,
        end: () => {
          client.destroy();
        },
      };
    },
  },
  {
    name: "redis 4",
    async open(url) {
      const client = createClient4({ url });
      client.on("error", () => undefined);
      await client.connect();
      return { client, end: () => void client.disconnect().catch(() => undefined) };
    },
  },
];

/** Clients of a cluster. */
export const clusterKinds: readonly ClientKind[] = [
  { name: "a cluster of ioredis 6", open: (url) => Promise.resolve(ended(new Cluster([url]))) },
  { name: "a cluster of ioredis 5", open: (url) => Promise.resolve(ended(new Cluster5([url]))) },
  {
    name: "a cluster of redis 6",
    async open(url) {
      const client = createCluster({ rootNodes: [{ url }] });
      client.on("error", () => undefined);
      await client.connect();
      return {
        client,
        end: () => {
          client.destroy();
        },
      };
    },
  },
  {
    name: "a cluster of redis 4",
    async open(url) {
      const client = createCluster4({ rootNodes: [{ url }] });
      client.on("error", () => undefined);
      await client.connect();
      return { client, end: () => void client.disconnect().catch(() => undefined) };
    },
  },
];

function ended<
  Client extends RedisClient & { on: (event: "error", listener: () => void) => unknown; disconnect(): void },
>(client: Client): OpenClient {
  client.on("error", () => undefined);
  return {
    client,
    end: () => {
      client.disconnect();
    },
  };
}
