import type { IncomingMessage } from "node:http";
import { Gone } from "../admission.ts";
import { heldBytes, type Limits } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Body } from "../service.ts";

/**
 * Takes in the bodies of requests: within a number of bytes for each, which is looked at before anything is read where the
 * request says its length, and while it comes where it does not; within a number of bytes for all together; and within a time,
 * so that one who sends half of it and then nothing, or one byte a second, does not stay.
 */
export class Receiver {
  readonly #limits: Limits;
  #held = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * @throws Problem 408, 413, 415 or 503
   * @throws Gone when the client closes the connection before the end
   */
  receive(incoming: IncomingMessage): Promise<Body> {
    const { maxBytes, timeout } = this.#limits;
    const tooLarge = (bytes: string) =>
      new Problem(413, `the body has ${bytes} bytes, more than ${maxBytes}`, "send less, or in several requests");
    const declared = Number(incoming.headers["content-length"] ?? 0);
    if (declared > maxBytes) {
      this.#discard(incoming);
      return Promise.reject(tooLarge(String(declared)));
    }
    const encoding = incoming.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      const what = `the body is packed with ${encoding.slice(0, 40)}`;
      return Promise.reject(new Problem(415, what, "send it as it is"));
    }
    if (incoming.destroyed) return Promise.reject(new Gone());
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const release = () => {
        this.#held -= size;
        size = 0;
      };
      const end = () => {
        clearTimeout(timer);
        incoming.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      };
      const fail = (error: Error) => {
        end();
        release();
        this.#discard(incoming);
        reject(error);
      };
      const onData = (chunk: Buffer) => {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > maxBytes)
          return fail(
            new Problem(413, `the body has more than ${maxBytes} bytes`, "send less, or in several requests"),
          );
        if (this.#held > heldBytes(this.#limits)) {
          const what = "too much is being received at the same time";
          return fail(new Problem(503, what, "send it again in a second", { "retry-after": "1" }));
        }
        chunks.push(chunk);
      };
      const onEnd = () => {
        end();
        // A chunk may be a view of a pool that Node shares; a body gets memory of its own.
        const bytes = new Uint8Array(size);
        let at = 0;
        for (const chunk of chunks) {
          bytes.set(chunk, at);
          at += chunk.length;
        }
        resolve({ bytes, release });
      };
      const onClose = () => fail(new Gone());
      const timer = setTimeout(() => {
        const what = `the body has not come whole within ${timeout} seconds`;
        const announced = declared > 0 ? ` of ${declared}` : "";
        const fix = `send it faster; ${size}${announced} bytes have come`;
        fail(new Problem(408, what, fix, { connection: "close" }));
      }, 1000 * timeout);
      incoming.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
    });
  }

  /**
   * What still comes is thrown away, for as long as a request may take. A connection that is closed while the client sends
   * takes the answer with it, and the client sees a reset instead of the reason; so only our side of it is closed until then.
   */
  #discard(incoming: IncomingMessage): void {
    const { socket } = incoming;
    const closeAfterWriting = socket.destroySoon;
    let isAsked = false;
    socket.destroySoon = () => {
      isAsked = true;
      socket.end();
    };
    const timer = setTimeout(() => socket.destroy(), 1000 * this.#limits.timeout).unref();
    incoming.once("close", () => {
      clearTimeout(timer);
      socket.destroySoon = closeAfterWriting;
      if (isAsked) socket.destroySoon();
    });
    incoming.resume();
  }
}
