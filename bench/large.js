/**
 * A network of 545 million parameters, 2.2 GB of them, from beginning to end: trained; trained again, interrupted and resumed, which has to lead to
 * the same weights bit for bit; exported with its weights as external data, and proven.
 *
 *   node bench/large.js            needs 17 GB of memory, 20 GB of disk and some minutes
 *   node bench/large.js --short    the same way for a small network with momentum, whose weights are told to be large
 *
 * More than the 300 million that are promised, so that checkpoints and the exported file are longer than 2 GiB, where one read, one
 * message of protobuf and one string end. Without momentum, whose memory would take that of the machine.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { root } from "./support.js";

const CLASSES = 10;

/** Pictures of 32×32, a pattern for each class and noise. */
async function drawPictures(folder, each) {
  for (let label = 0; label < CLASSES; label++) {
    const place = join(folder, `class-${label}`);
    mkdirSync(place, { recursive: true });
    for (let i = 0; i < each; i++) {
      const raw = { width: 32, height: 32, channels: 3 };
      const value = (k) => 23 * label + 20 * (k % (label + 2)) + ((7919 * i + 104729 * k) % 40);
      const pixels = Buffer.from(Uint8Array.from({ length: 3072 }, (_, k) => value(k)));
      await sharp(pixels, { raw })
        .png()
        .toFile(join(place, `${i}.png`));
    }
  }
}

/** Runs the command; its lines, and the largest resident size in bytes. `onLine` may interrupt it. */
function argmin(args, env, onLine = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin", "argmin.js"), ...args, "--json"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [text, said, peak] = ["", "", 0];
    const lines = [];
    const watch = setInterval(() => {
      try {
        peak = Math.max(
          peak,
          1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0),
        );
      } catch {
        // It has just ended, or this system tells nothing.
      }
    }, 50);
    child.stdout.on("data", (chunk) => {
      text += chunk;
      const whole = text.split("\n");
      text = whole.pop();
      for (const line of whole) {
        lines.push(JSON.parse(line));
        onLine(lines.at(-1), child);
      }
    });
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("close", (code) => {
      clearInterval(watch);
      const done = lines.findLast(({ event }) => event === "done");
      if (done === undefined) reject(new Error(`argmin ${args.join(" ")} ended with ${code}:\n${said}`));
      else resolve({ done, peak });
    });
  });
}

/** @param short a small network, told to be large */
export async function largeNetwork(short) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-large-"));
  try {
    const data = join(folder, "pictures");
    await drawPictures(data, short ? 6 : 16);
    const env = { ARGMIN_CACHE: "none", ...(short ? { ARGMIN_EXTERNAL_DATA_ABOVE: "1000" } : {}) };
    const hidden = short ? "64+32" : "20480+14336";
    const epochs = short ? 12 : 2;
    const optimizer = short ? "momentum" : "sgd";
    const rates = ["--optimizer", optimizer, "--learning-rate", "0.0005"];
    const flags = ["--model", `mlp:hidden=${hidden}`, "--size", "64", ...rates];
    const run = (name) => [
      "train",
      data,
      ...flags,
      "--epochs",
      String(epochs),
      "--no-report",
      "--runs",
      folder,
      "--name",
      name,
    ];
    const whole = await argmin(run("whole"), env);
    let stopped = false;
    const cut = await argmin(run("cut"), env, ({ event }, child) => {
      if (event !== "epoch" || stopped) return;
      stopped = true;
      child.kill("SIGINT");
    });
    const resumed = await argmin(["resume", join(folder, "cut"), "--no-report"], env);
    rmSync(join(folder, "cut"), { recursive: true });
    const path = join(folder, "whole");
    const exported = await argmin(["export", path], env);
    const gigabytes = (bytes) => Number((bytes / 1e9).toFixed(2));
    return {
      parameters: whole.done.parameters,
      interrupted: cut.done.interrupted,
      same: whole.done.weightsHash === resumed.done.weightsHash,
      weightsHash: whole.done.weightsHash,
      dataBytes: statSync(join(path, "export", "model.onnx.data")).size,
      modelBytes: statSync(join(path, "export", "model.onnx")).size,
      runtimes: exported.done.runtimes.map(({ device, largest }) => ({ device, largest })),
      seconds: whole.done.seconds,
      peakGB: { train: gigabytes(whole.peak), resume: gigabytes(resumed.peak), export: gigabytes(exported.peak) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await largeNetwork(process.argv.includes("--short"))));
}
