import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy on loopback before a server, by which the server can be cut off from everybody who goes through it. */
export interface CuttableProxy {
  readonly port: number;
  /** Cuts every connection and takes no new one. */
  readonly cut: () => void;
  /** Lets connections through again. */
  readonly mend: () => void;
  readonly close: () => void;
}

/** Starts a proxy before the server that listens on `port` of loopback. */
export async function cuttableProxy(port: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // Small messages go out as they come: a proxy that waits for more would be the slowest part.
    socket.setNoDelay(true);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(port, "127.0.0.1");
    keep(client).pipe(keep(upstream)).pipe(client);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
