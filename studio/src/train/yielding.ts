import type { Runtime, Session } from "../../../src/runtime/index.ts";

/** Milliseconds between two looks at what the page has sent. */
const BETWEEN = 50;

/**
 * A runtime whose runs let messages in from time to time. On WebAssembly a run is over when its promise is made, so that a loop of
 * steps would never leave its task, and the wish to stop would wait until the end.
 */
export function yielding(runtime: Runtime): Runtime {
  let last = performance.now();
  const breathe = async () => {
    if (performance.now() - last < BETWEEN) return;
    // A timer would be put off by four milliseconds; a message is not.
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    last = performance.now();
  };
  const wrap = (session: Session): Session => ({
    ...session,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds) => {
      const values = await session.run(feeds);
      await breathe();
      return values;
    },
    bind: (feeds, outputs) => {
      const run = session.bind(feeds, outputs);
      return async () => {
        await run();
        await breathe();
      };
    },
    release: () => session.release(),
  });
  return { ...runtime, createSession: async (...given) => wrap(await runtime.createSession(...given)) };
}
