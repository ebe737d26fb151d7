/**
 * `argmin serve`: the answers of `predict`, over HTTP, and what is too much is refused without harm to the others. And what a
 * run that was trained with --unknown calls unknown, in all commands.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "../../bench/chromium.js";
import { readMetadata } from "../../src/onnx/index.ts";
import { argmin, csvRows, doneLine, jsonLines, type Line, Running, temporaryFolder, writePhotos } from "./support.ts";

const cwd = temporaryFolder();
const MAX_BYTES = 50_000;
let running: Running;
let url: string;
/** What the training said at its end. */
let trained: Line;

/** Starts the command, and resolves with its address. */
async function start(model: string, ...flags: string[]): Promise<{ running: Running; url: string }> {
  const started = new Running(["serve", model, "--port", "0", "--json", ...flags], { cwd });
  await started.until('"listening"');
  return { running: started, url: jsonLines(started.stdout.slice(0, started.stdout.indexOf("\n") + 1))[0]!.url };
}

type Sent = NonNullable<RequestInit["body"]>;

interface Told {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the answers have many forms, and the tests look at what they expect
  readonly told: any;
}

async function post(body: Sent, headers: Record<string, string> = {}, at = url): Promise<Told> {
  const response = await fetch(`${at}/predict`, { method: "POST", body, headers });
  return { status: response.status, told: await response.json() };
}

/** Sends raw text, and resolves with what came until the server closed the connection. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (part) => {
      told += part;
    });
    socket.on("end", () => resolve(told)).on("error", reject);
  });
}

const photo = (name: string) => new Uint8Array(readFileSync(join(cwd, "photos", name)));
const predicted = async (...paths: string[]): Promise<Line[]> =>
  jsonLines((await argmin(["predict", "runs/photos", ...paths, "--json"], { cwd })).stdout);

beforeAll(async () => {
  await writePhotos(join(cwd, "photos"), { classes: ["cats", "dogs", "eels"], count: 12 });
  const small = ["--model", "cnn", "--filters", "4", "--epochs", "1", "--size", "16", "--name", "photos", "--json"];
  trained = doneLine(await argmin(["train", "photos", ...small, "--unknown", "0.5"], { cwd }));
  const limits = ["--max-bytes", String(MAX_BYTES), "--max-pixels", "1M", "--timeout", "1s", "--concurrency", "1"];
  ({ running, url } = await start("runs/photos", ...limits));
});
afterAll(() => {
  running.child.kill("SIGKILL");
});

describe("argmin serve", () => {
  test("answers as predict does, one picture or many", async () => {
    const names = ["cats/0.png", "dogs/3.png", "eels/7.png"];
    const said = await predicted(...names.map((name) => `photos/${name}`));
    const alone = await Promise.all(names.map((name) => post(photo(name))));
    const expected = said.map(({ path: _, ...answer }) => answer);
    expect(alone).toEqual(expected.map((told) => ({ status: 200, told })));
    for (const { label, probability, unknown } of expected) {
      expect([label === null, unknown === true]).toEqual(Array(2).fill(probability < trained.unknown.below));
    }

    const form = new FormData();
    for (const name of names) form.append("files", new File([photo(name)], name));
    form.append("another", new File(["no picture"], "text.jpg"));
    const { told } = await post(form);
    expect(told.slice(0, 3)).toEqual(expected.map((answer, i) => ({ name: names[i], ...answer })));
    expect(told[3]).toMatchObject({ name: "text.jpg", error: 'not a picture (starts with "no picture")' });
  });

  test("says how it is, and what it is", async () => {
    const health = await fetch(`${url}/health`);
    expect([health.status, await health.json()]).toEqual([
      200,
      expect.objectContaining({ status: "ok", classes: ["cats", "dogs", "eels"], inHand: 0, busy: 0 }),
    ]);
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as Record<string, unknown>;
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
    expect(await (await fetch(url)).text()).toContain("<!doctype html>");
  });

  test("has a page that asks it, and nobody else", async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      const wrong: string[] = [];
      page.on("console", (message) => wrong.push(message.text()));
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("request", (request) => {
        if (![url, "blob:"].some((start) => request.url().startsWith(start))) wrong.push(request.url());
      });
      await page.goto(url);
      const files = ["cats/0.png", "dogs/3.png"].map((name) => join(cwd, "photos", name));
      writeFileSync(join(cwd, "text.png"), "no picture");
      await page.setInputFiles("#files", [...files, join(cwd, "text.png")]);
      await page.locator(".answer").nth(2).waitFor();
      const said = await predicted(...files);
      const labels = await page.locator(".answer b").allTextContents();
      expect(labels).toEqual(said.map(({ label }) => label ?? "unknown"));
      expect(await page.locator(".answer .loud").textContent()).toContain("not a picture");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      expect(wrong).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test("refuses what is too much or no picture, while the others get their answers", async () => {
    const good = photo("cats/1.png");
    const { told: expected } = await post(good);
    const huge = await sharp({ create: { width: 1001, height: 1000, channels: 3, background: "#345" } })
      .png()
      .toBuffer();
    // The header of a PNG of 4 gigapixels; what follows is never looked at.
    const bomb = Buffer.from(huge);
    bomb.writeUInt32BE(65535, 16);
    bomb.writeUInt32BE(65535, 20);
    let isOver = false;
    const others = [0, 1, 2].map(async () => {
      const answers: Told[] = [];
      while (!isOver) answers.push(await post(good));
      return answers;
    });

    const status = async (body: Sent) => (await post(body)).status;
    expect(await status(bomb)).toBe(413);
    expect(await status(huge)).toBe(413);
    expect(await status("a text")).toBe(415);
    expect(await status(good.subarray(0, 200))).toBe(422);
    const announced = await raw(
      `POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000000\r\n\r\n`,
    );
    expect(announced).toMatch(/^HTTP\/1.1 413 /);
    const size = (MAX_BYTES + 1).toString(16);
    const chunk = `${size}\r\n${"x".repeat(MAX_BYTES + 1)}\r\n`;
    const head = "POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(await raw(head + chunk.repeat(40))).toMatch(/^HTTP\/1.1 413 /);
    const began = performance.now();
    const half = await raw("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\nhalf of it");
    expect(half).toMatch(/^HTTP\/1.1 408 .*connection: close.*10 of 2000 bytes have come/is);
    expect(performance.now() - began).toBeLessThan(5000);
    isOver = true;

    const answers = (await Promise.all(others)).flat();
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter(({ told }) => JSON.stringify(told) !== JSON.stringify(expected))).toEqual([]);
  });

  test("refuses a port that is taken", async () => {
    const { code, stderr } = await argmin(["serve", "runs/photos", "--port", new URL(url).port], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("is taken already")]);
  });

  test("stops when it is told to, and finishes what is in hand first", async () => {
    const answers = Array.from({ length: 20 }, () => post(photo("eels/2.png")));
    // One that sends slowly is in hand, too, until its time is over.
    const slow = raw("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\nhalf of it");
    await answers[0];
    running.child.kill("SIGTERM");
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await slow).toMatch(/^HTTP\/1.1 408 /);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stderr], stderr).toEqual([
      0,
      expect.stringContaining("Stopping: what is in hand is finished first."),
    ]);
    const lines = jsonLines(stdout);
    expect(lines.at(-1)).toMatchObject({ event: "done", cut: 0 });
    const requests = lines.filter(({ event }) => event === "request");
    expect(lines.at(-1)!.requests).toBe(requests.length);
    expect(requests.filter(({ status }) => status >= 500)).toEqual([]);
    await expect(post(photo("eels/2.png"))).rejects.toThrow("fetch failed");
  });
});

describe("unknown", () => {
  test("is what is less probable than the threshold of the validation pictures, at which half of the right ones stay", () => {
    const held = csvRows(join(cwd, "runs", "photos", "predictions.csv"));
    const of = (split: string) => held.filter((row) => row.split === split);
    const rightOf = (rows: typeof held) => rows.filter((row) => row.true === row.predicted);
    const right = rightOf(of("validation")).map(({ probability }) => Number(probability));
    const below = right.sort((a, b) => a - b)[Math.floor(0.5 * right.length)]! - 1e-5;
    expect(trained.unknown.below).toBeCloseTo(below, 6);
    const { unknown } = JSON.parse(readFileSync(join(cwd, "runs", "photos", "metrics.json"), "utf8"));
    expect(unknown).toEqual(trained.unknown);
    for (const name of ["validation", "test"]) {
      const kept = of(name).filter(({ probability }) => Number(probability) >= below);
      const accuracy = kept.length === 0 ? null : rightOf(kept).length / kept.length;
      expect(unknown[name]).toEqual({ turnedAway: 1 - kept.length / of(name).length, kept: kept.length, accuracy });
    }
  });

  test("with a threshold of one's own: in text, JSON and CSV, and in evaluate, which then takes other classes", async () => {
    const held = csvRows(join(cwd, "runs", "photos", "predictions.csv")).map((row) => Number(row.probability));
    const middle = held.sort((a, b) => a - b)[held.length >> 1]!;
    const flags = ["photos", "--unknown-below", String(middle)];
    const told = await predicted(...flags);
    expect(told.filter(({ unknown }) => unknown)).toEqual(told.filter(({ probability }) => probability < middle));
    expect(told.filter(({ label }) => label === null).length).toBeGreaterThan(0);
    const most = told.map(({ top }) => top[0].label);
    expect(told.map(({ label, nearest }) => label ?? nearest)).toEqual(most);
    const as = (format: string) => argmin(["predict", "runs/photos", ...flags, "--format", format], { cwd });
    const text = (await as("text")).stdout.split("\n");
    expect(text.filter((line) => line.includes(": unknown   nearest "))).toHaveLength(
      told.filter(({ unknown }) => unknown).length,
    );
    writeFileSync(join(cwd, "told.csv"), (await as("csv")).stdout);
    const rows = csvRows(join(cwd, "told.csv"));
    expect(rows.map(({ label, nearest }) => (label === "unknown" ? nearest : label))).toEqual(most);

    await writePhotos(join(cwd, "more"), { classes: ["cats", "dogs", "eels", "fish"], count: 6 });
    const judged = doneLine(await argmin(["evaluate", "runs/photos", "more", ...flags.slice(1), "--json"], { cwd }));
    expect(judged.foreign).toMatchObject({ classes: ["fish"], images: 6 });
    expect(judged.unknown.kept).toBe(Math.round((1 - judged.unknown.turnedAway) * judged.images));
  });

  test("is given to the model of an earlier run by export, as train would have", async () => {
    const same = doneLine(
      await argmin(["export", "runs/photos", "--unknown", "0.5", "--pictures", "2", "--json"], { cwd }),
    );
    const { below, ...rest } = trained.unknown;
    // predictions.csv has six decimals.
    expect(same.unknown).toEqual({ ...rest, below: expect.closeTo(below, 6) });
    const { unknown } = readMetadata(readFileSync(join(cwd, "runs", "photos", "export", "model.onnx")), "model.onnx");
    expect(JSON.parse(unknown!)).toEqual({ below: same.unknown.below, share: 0.5 });
  });

  test("needs validation pictures", async () => {
    const split = { train: ["cats/0.png", "dogs/0.png", "eels/0.png"], validation: [], test: ["cats/1.png"] };
    writeFileSync(join(cwd, "split.json"), JSON.stringify(split));
    const { code, stderr } = await argmin(["train", "photos", "--unknown", "--split", "split.json"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("chosen on validation pictures, and photos has none")]);
  });
});

test("a model of numbers takes rows as JSON, and answers as predict does", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 2, (i * 7) % 5, i % 3]);
  const table = ["a,b,c,label", ...rows.map((row, i) => [...row, i % 2 ? "odd" : "even"].join(","))].join("\n");
  writeFileSync(join(cwd, "rows.csv"), `${table}\n`);
  doneLine(await argmin(["train", "rows.csv", "--epochs", "1", "--hidden", "4", "--name", "rows", "--json"], { cwd }));
  const said = jsonLines((await argmin(["predict", "runs/rows", "rows.csv", "--json"], { cwd })).stdout);
  const started = await start("runs/rows");
  const ask = (sent: unknown) => post(JSON.stringify(sent), { "content-type": "application/json" }, started.url);
  const expected = said.map(({ path: _, ...answer }) => answer);
  expect((await ask(rows)).told).toEqual(expected);
  const [a, b, c] = rows[5]!;
  const { told } = await ask({ c, b, a });
  expect(told.label).toBe(expected[5]!.label);
  expect(told.probability).toBeCloseTo(expected[5]!.probability, 6);
  expect((await ask([1, 2])).status).toBe(422);
  started.running.child.kill("SIGINT");
  expect((await started.running.ended).code).toBe(0);
});
