/** The same steps on every device that this machine has, in Node and in a real Chromium. */
import { describe, expect, test } from "vitest";
import { compareDevices } from "../../bench/devices.js";

const small = { batch: 4, size: 8, steps: 10 };
const jobs = [
  { setup: { model: "cnn", options: { channels: [4] }, ...small } },
  // Batch normalization, which WebGPU computes by parts.
  { setup: { model: "fastnet", options: { width: 4 }, ...small, size: 16, steps: 5 } },
];

describe("single steps from the states of the native run", () => {
  test("come to the same loss and gradient on Wasm, and on Wasm and WebGPU in a page's worker", async () => {
    for (const { found } of await compareDevices(jobs)) {
      expect(found.map(({ device }: { device: string }) => device)).toEqual(["wasm", "page wasm", "page webgpu"]);
      for (const { device, loss, norm } of found) {
        expect(loss, device).toBeLessThan(1e-4);
        expect(norm, device).toBeLessThan(1e-3);
      }
      const [, wasm, webgpu] = found.map(({ description }: { description: string }) => description);
      expect(wasm).toMatch(/WebAssembly in a browser, \d threads?$/);
      expect(webgpu).toContain("WebGPU in a browser");
    }
  });
});
