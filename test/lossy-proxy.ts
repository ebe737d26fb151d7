/** Stands between a client and a server of this machine, and loses what the server answers to chosen requests. */
import { connect, createServer, type Socket } from "node:net";

export interface LossyProxy {
  readonly port: number;
  /** The next request in which this is found reaches the server; its answer does not reach the client, whose connection breaks. */
  loseAnswerTo(request: RegExp): void;
  /** How many answers were lost. */
  readonly lost: number;
  close(): Promise<void>;
}

export async function lossyProxy(target: number): Promise<LossyProxy> {
  let pattern: RegExp | undefined;
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let armed = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (data) => {
      if (pattern?.test(data.toString("latin1"))) {
        armed = true;
        pattern = undefined;
      }
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (armed) {
        lost++;
        end();
      } else client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    loseAnswerTo: (request) => {
      pattern = request;
    },
    get lost() {
      return lost;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
