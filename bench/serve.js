/**
 * What does `argmin serve` bear? A server in a process of its own, and 32 connections of this one that send pictures as fast as
 * they are answered; half of the time alone, and half of it beside bodies that are refused: a PNG of 4 gigapixels, a text, 100 MB
 * announced, 100 MB in chunks, half a picture and then nothing. Prints one line of JSON: latencies, what was refused with which
 * status, and the resident set of the server, sampled twice a second.
 *
 * node bench/serve.js [seconds] [run folder or model]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createDeflate } from "node:zlib";
import sharp from "sharp";
import { argmin, root } from "./support.js";

const CONNECTIONS = 32;
const HUGE = 100_000_000;

/** JPEG photographs of usual sizes; smooth noise, so that their files have the lengths of photographs. */
async function photographs(count) {
  const made = [];
  for (let n = 0; n < count; n++) {
    const [width, height] = [
      [500, 375],
      [375, 500],
      [640, 480],
      [320, 240],
    ][n % 4];
    const noise = Buffer.from({ length: 3 * 40 * 30 }, () => 0).map((_, i) => ((i + n) * 2654435761) >>> 24);
    const small = sharp(noise, { raw: { width: 40, height: 30, channels: 3 } });
    made.push(await small.resize(width, height, { fit: "fill" }).jpeg({ quality: 85 }).toBuffer());
  }
  return made;
}

/** A PNG of 65,535 × 65,535 pixels of one bit: half a megabyte that unpacks to half a gigabyte, and decodes to 13. */
async function bomb() {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(8 + body.length);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), framed.length - 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(65535, 0);
  header.writeUInt32BE(65535, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const packed = createDeflate();
  const parts = [];
  packed.on("data", (part) => parts.push(part));
  const rows = Buffer.alloc(8193 * 255);
  for (let i = 0; i < 257; i++) if (!packed.write(rows)) await new Promise((done) => packed.once("drain", done));
  await new Promise((done) => packed.end(done).once("end", done));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", Buffer.concat(parts)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** CRC-32 as PNG has it: ISO 3309, reflected, polynomial 0xEDB88320. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Starts the command; resolves with its process and address when it answers. */
function start(model) {
  const child = spawn(process.execPath, [join(root, "bin", "argmin.js"), "serve", model, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
      const [, url] = /(http:\S+)/.exec(said) ?? [];
      if (url) resolve({ child, url });
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

/** Sends a body and resolves with status, text and milliseconds; the status is the error's code where there is none. */
function send(url, agent, body, headers = {}) {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (status, text = "") => resolve({ status, text, ms: performance.now() - began });
    const sent = request(`${url}/predict`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => end(response.statusCode, text));
      response.on("error", (error) => end(error.code));
    });
    sent.on("error", (error) => end(error.code));
    if (typeof body === "function") body(sent);
    else sent.end(body);
  });
}

/** Writes zeros until there are enough, or nobody takes them any more. */
function zeros(total) {
  const block = Buffer.alloc(2 ** 16);
  return (sent) => {
    let left = total;
    const more = () => {
      while (left > 0 && !sent.destroyed) {
        left -= block.length;
        if (!sent.write(block)) return sent.once("drain", more);
      }
      if (!sent.destroyed) sent.end();
    };
    more();
  };
}

/** Half a picture, then nothing: the status, and whether the server has closed the connection. */
function half(url, picture) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const began = performance.now();
    let text = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /predict HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${picture.length}\r\n\r\n`);
      socket.write(picture.subarray(0, picture.length >> 1));
    });
    socket.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
    socket.on("error", (error) => resolve({ status: error.code }));
    socket.on("end", () => {
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(text) ?? [];
      resolve({ status: Number(status), ms: performance.now() - began });
    });
  });
}

const residentMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
/** User and system time of a process in seconds; 100 ticks are one. */
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

function latencies(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
  return { p50: at(0.5), p99: at(0.99), longest: at(1) };
}

export async function serveLoad(seconds = 30, model) {
  const folder = mkdtempSync(join(tmpdir(), "argmin-serve-"));
  let server;
  try {
    const small = ["--model", "cnn", "--epochs", "1", "--runs", folder, "--name", "run"];
    if (model === undefined) argmin(["train", "builtin:shapes", ...small]);
    server = await start(model ?? join(folder, "run"));
    return await load(server, seconds);
  } finally {
    server?.child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load({ child, url }, seconds) {
  const pictures = await photographs(32);
  const expected = [];
  for (const picture of pictures) expected.push((await send(url, false, picture)).text);
  const png = await bomb();
  // Everything once, so that what is made once and kept is there.
  await Promise.all([answers(url, pictures, expected, 5), badBodies(url, pictures[0], png, 5)]);
  const samples = [];
  const sampler = setInterval(() => samples.push(residentMiB(child.pid)), 500);
  const cpu = cpuSeconds(child.pid);
  const began = performance.now();
  const alone = await answers(url, pictures, expected, seconds / 2);
  const [beside, refused] = await Promise.all([
    answers(url, pictures, expected, seconds / 2),
    badBodies(url, pictures[0], png, seconds / 2),
  ]);
  clearInterval(sampler);
  const taken = (performance.now() - began) / 1000;
  const second = samples.length >> 1;
  const mib = (values) => Number(Math.max(...values).toFixed(1));
  const stopped = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  return {
    seconds: Number(taken.toFixed(1)),
    connections: CONNECTIONS,
    alone,
    beside,
    refused,
    cpuSecondsOfServer: Number((cpuSeconds(child.pid) - cpu).toFixed(1)),
    memoryMiB: { alone: mib(samples.slice(0, second)), beside: mib(samples.slice(second)) },
    samplesMiB: samples.filter((_, i) => i % 6 === 0).map((sample) => Math.round(sample)),
    exitCode: await stopped,
  };
}

/**
 * Every connection sends one picture after the other; an error is whatever is not the answer that the picture had alone. The connections
 * are new ones: the server closes those that idle, and would do so just when one is used again.
 */
async function answers(url, pictures, expected, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times = [];
  const errors = {};
  const until = performance.now() + 1000 * seconds;
  const connection = async (first) => {
    for (let n = first; performance.now() < until; n++) {
      const at = n % pictures.length;
      const { status, text, ms } = await send(url, agent, pictures[at]);
      times.push(ms);
      const wrong = status !== 200 ? status : text === expected[at] ? undefined : "another answer";
      if (wrong !== undefined) errors[wrong] = (errors[wrong] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connection(i)));
  agent.destroy();
  return { answers: times.length, perSecond: Math.round(times.length / seconds), ...latencies(times), errors };
}

/** Each kind again and again, on connections of their own; counts of the statuses that they got. */
async function badBodies(url, picture, png, seconds) {
  const until = performance.now() + 1000 * seconds;
  const kinds = {
    bomb: () => send(url, false, png),
    text: () => send(url, false, "No picture at all, but a text.", { "content-type": "text/plain" }),
    truncated: () => send(url, false, picture.subarray(0, picture.length >> 1)),
    "100 MB announced": () => send(url, false, zeros(HUGE), { "content-length": HUGE }),
    "100 MB in chunks": () => send(url, false, zeros(HUGE)),
    "half sent": () => half(url, picture),
  };
  const told = await Promise.all(
    Object.entries(kinds).map(async ([kind, one]) => {
      const statuses = {};
      let longest = 0;
      do {
        const { status, ms = 0 } = await one();
        statuses[status] = (statuses[status] ?? 0) + 1;
        longest = Math.max(longest, ms);
        await new Promise((done) => setTimeout(done, 200));
      } while (performance.now() < until - (kind === "half sent" ? 10_000 : 0));
      return [kind, { statuses, longestMs: Math.round(longest) }];
    }),
  );
  return Object.fromEntries(told);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify(await serveLoad(Number(process.argv[2] ?? 30), process.argv[3])));
}
