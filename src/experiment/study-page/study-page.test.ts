import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { Parameter } from "../../space/index.ts";
import { MemoryStorage, Study, type StudySpec } from "../../tune/index.ts";
import { historyOf } from "./history-section.ts";
import { studyPage } from "./index.ts";
import { axisOf } from "./parameter-axis.ts";
import { rangeOf } from "./range.ts";
import { bestAndSome, studyPageData, thinned } from "./study-data.ts";
import { surfaceOf } from "./surface.ts";

const parameters: Record<string, Parameter> = {
  optimizer: { kind: "choice", choices: ["sgd", "adam"] },
  "adam.learningRate": {
    kind: "float",
    low: 1e-4,
    high: 0.1,
    log: true,
    when: { parameter: "optimizer", is: ["adam"] },
  },
  "sgd.learningRate": { kind: "float", low: 1e-3, high: 1, log: true, when: { parameter: "optimizer", is: ["sgd"] } },
  dropout: { kind: "float", low: 0, high: 0.6 },
  batchSize: { kind: "int", low: 16, high: 512, log: true },
};

const accuracy = { metric: "accuracy", direction: "maximize" } as const;
const size = { metric: "parameters", direction: "minimize" } as const;

type Ended = number | "pruned" | "failed";

/** A study of trials that reached these accuracies, or were pruned after two epochs, or failed. */
async function studyOf(outcomes: readonly Ended[], given: Partial<StudySpec> = {}) {
  const storage = new MemoryStorage();
  const spec: StudySpec = {
    ...{ name: "a & <b>", seed: 1, steps: 4, fingerprint: "", constraints: [] },
    ...{ sampler: { name: "random", options: {} }, pruner: { name: "none", options: {} } },
    ...{ objectives: [accuracy], pruneBy: accuracy },
    experiment: { options: { data: "my photos" }, folder: "runs/s" },
    ...given,
  };
  const study = await Study.create(storage, spec, { parameters, fill: {} });
  for (const [number, outcome] of outcomes.entries()) {
    await study.next({ has: () => false });
    const { token } = (await storage.claim(0, number, "w", 60_000, `runs/s/trial-${number}`))!;
    const lease = { study: 0, trial: number, token };
    const steps = outcome === "pruned" ? 2 : outcome === "failed" ? 0 : 4;
    const value = typeof outcome === "number" ? outcome : 0.3;
    for (let step = 1; step <= steps; step++) await storage.report(lease, step, { accuracy: value * (1 - 2 ** -step) });
    if (outcome === "failed") await storage.end(lease, { state: "failed", error: "the loss <i>is</i> NaN" });
    else if (outcome === "pruned") await storage.end(lease, { state: "pruned" });
    else
      await storage.end(lease, {
        state: "complete",
        metrics: { accuracy: outcome, parameters: 1000 * (number + 1), seconds: 2 },
      });
  }
  await study.refresh();
  return study;
}

const some: Ended[] = [0.8, 0.9, "pruned", 0.85, "failed", 0.95, 0.7, 0.91, 0.92, 0.6, 0.94, 0.5, 0.93, 0.65];
const documentOf = (html: string) => parseHTML(html).document;

describe("the page of a search", async () => {
  const html = studyPage(await studyOf(some));
  const document = documentOf(html);

  test("is one file that needs nothing but itself, and takes text of others as text", () => {
    const addresses = [...html.matchAll(/https?:\/\/[^\s"')]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith("http://www.w3.org/"))).toEqual([]);
    expect(document.querySelectorAll("b, i, script[src], link:not([href='data:,']), iframe")).toHaveLength(0);
    expect(document.querySelector("h1")!.textContent).toBe("a & <b>: accuracy 95.00 %");
  });

  test("names what was found, with the command that trains it again", () => {
    expect(document.querySelector(".subtitle")!.textContent).toBe(
      "random, for the highest accuracy; 12 complete, 1 pruned, 1 failed",
    );
    expect(document.querySelector("#best h3")!.textContent).toBe("Trial 5: accuracy 95.00 %");
    expect(document.querySelector("#best pre")!.textContent).toBe(
      "argmin train 'my photos' --config runs/s/trial-5/config.yaml",
    );
    expect(document.querySelector("#trials")!.textContent).toContain("trial 4: the loss <i>is</i> NaN");
  });

  test("has a section for each way to look at it, and every link leads to one", () => {
    const sections = [...document.querySelectorAll("section")].map(({ id }) => id);
    expect(sections).toEqual(
      expect.arrayContaining(["best", "history", "parallel", "slices", "contour", "curves", "trials"]),
    );
    const links = [...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href")!.slice(1));
    expect(links).toEqual(sections);
    expect(sections).not.toContain("front");
  });

  test("draws every complete trial over each parameter that it has", () => {
    const figures = [...document.querySelectorAll("#slices figure")];
    const dots = Object.fromEntries(
      figures.map((figure) => [figure.querySelector("h3")!.textContent, figure.querySelectorAll("circle").length]),
    );
    // And a ring around the best.
    expect(dots).toMatchObject({ optimizer: 13, dropout: 13, "batch size": 13 });
    expect(dots["adam learning rate"] + dots["sgd learning rate"]).toBe(13);
  });

  test("lists all trials, the best first", () => {
    const rows = [...document.querySelectorAll("#trials tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map(({ textContent }) => textContent),
    );
    expect(rows).toHaveLength(14);
    expect(rows[0].slice(0, 3)).toEqual(["5", "95.00 %", "complete"]);
    expect(rows.find(([number]) => number === "2")!.slice(0, 4)).toEqual(["2", "22.50 %", "pruned", "2"]);
    // A parameter that is not there has a dash: one of the two rates in each row.
    for (const row of rows) expect(row.filter((text) => text === "–").length).toBeGreaterThanOrEqual(1);
  });

  test("of two objectives has the front, and of a limit what is above it", async () => {
    const constraints = [{ metric: "parameters", atMost: 9500 }];
    const study = await studyOf(some, { objectives: [accuracy, size], constraints });
    const two = documentOf(studyPage(study));
    expect(two.querySelector("h1")!.textContent).toBe("a & <b>: a front of 3");
    const front = [...two.querySelectorAll("#best h3, #best summary")].map(({ textContent }) => textContent);
    expect(front).toEqual([
      "Trial 5: accuracy 95.00 %, parameters 6,000",
      "Trial 1: accuracy 90.00 %, parameters 2,000",
      "Trial 0: accuracy 80.00 %, parameters 1,000",
    ]);
    expect(two.querySelector("#front svg")!.getAttribute("aria-label")).toContain("3 of them on the Pareto front");
    expect(two.querySelectorAll("#history figure")).toHaveLength(2);
    expect(two.querySelector("#best")!.textContent).toContain(
      "Within parameters at most 9,500; 5 of the complete trials are above.",
    );
    expect(two.querySelector("#trials")!.textContent).toContain("above a limit");
  });

  test("says what there is where nothing has come to its end", async () => {
    const none = documentOf(studyPage(await studyOf([])));
    expect(none.querySelector(".subtitle")!.textContent).toContain("no trial yet");
    expect(none.querySelector("#best")!.textContent).toContain("No trial has come to its end within the limits yet.");
    const failed = documentOf(studyPage(await studyOf(["failed", "pruned", "failed"])));
    expect([...failed.querySelectorAll("#trials li")].map(({ textContent }) => textContent)).toEqual([
      "trials 0, 2: the loss <i>is</i> NaN",
    ]);
    expect(failed.querySelectorAll("#history svg").length).toBeGreaterThan(0);
    expect(failed.querySelector("#slices") === null).toBe(true);
  });
});

test("what a pruned trial had reached stretches no axis", async () => {
  const loss = { metric: "loss", direction: "minimize" } as const;
  const study = await studyOf([0.8, 0.9, "pruned"]);
  expect(studyPageData(study).ranges[0]).toMatchObject({ best: 0.9, bound: 0.8 });
  expect(studyPageData(await studyOf(["pruned"])).ranges[0]).toMatchObject({ best: expect.closeTo(0.225, 9) });
  expect(studyPageData(await studyOf([0.8], { objectives: [loss] })).ranges).toEqual([undefined]);
});

test("the best so far is that of complete trials within the limits", async () => {
  const study = await studyOf([0.5, "pruned", 0.9, 0.95, 0.7], {
    constraints: [{ metric: "parameters", atMost: 3500 }],
  });
  const data = studyPageData(study);
  const points = historyOf(data, data.ranges[0]!, 0);
  expect(points.map(({ best }) => best)).toEqual([0.5, 0.5, 0.9, 0.9, 0.9]);
  expect(points.map(({ kind }) => kind)).toEqual(["complete", "pruned", "complete", "forbidden", "forbidden"]);
});

describe("what of an objective is drawn", () => {
  test("ends where a quarter of the trials is far behind", () => {
    const range = rangeOf({ metric: "loss", direction: "minimize" }, [1, 1.1, 1.2, 1.3, 1.4, 1.5, 9, 1e9]);
    expect([range.best, range.bound, range.beyond]).toEqual([1, 2, 2]);
    expect(range.axis.domain[1]).toBeLessThan(2.1);
  });

  test("is a share where it is one, and all of it where all are alike", () => {
    const range = rangeOf(accuracy, [0.99, 1, 0.98, 0.97]);
    expect(range.axis.domain[1]).toBe(1);
    expect([range.best, range.bound, range.beyond]).toEqual([1, 0.97, 0]);
    const alike = rangeOf(accuracy, [0.5, 0.5]);
    expect(alike.axis.domain[0]).toBeLessThan(0.5);
    expect(alike.goodness(0.5)).toBe(1);
  });

  test("is on a logarithmic axis where counts differ by much", () => {
    const range = rangeOf(size, [100, 1000, 10_000, 100_000]);
    expect(range.axis.logarithmic).toBe(true);
    expect(range.goodness(100)).toBe(1);
    expect(range.goodness(1000)).toBeGreaterThan(range.goodness(10_000));
  });
});

test("an axis has the ends of its range, powers of ten between them, and each choice", () => {
  const texts = (name: string) => axisOf(name, parameters[name]).ticks.map(({ text }) => text);
  expect(texts("optimizer")).toEqual(["sgd", "adam"]);
  expect(texts("batchSize")).toEqual(["16", "20", "50", "100", "200", "500", "512"]);
  const { ticks } = axisOf("dropout", parameters.dropout);
  expect(ticks.map(({ at }) => at)).toEqual([0, 0.25, 0.5, 0.75, 1].map((at) => expect.closeTo(at, 10)));
});

test("a surface is the mean of what is near, and nothing where nothing is", () => {
  const places = [
    { x: 0.1, y: 0.1, value: 1 },
    { x: 0.12, y: 0.1, value: 3 },
  ];
  const surface = surfaceOf(places, 20);
  expect(surface[2 * 20 + 2]).toBeGreaterThan(1.9);
  expect(surface[2 * 20 + 2]).toBeLessThan(2.1);
  expect(surface[19 * 20 + 19]).toBeNaN();
});

test("of very many trials the best are kept, and some of the rest", () => {
  const all = Array.from({ length: 1000 }, (_, i) => i);
  expect(thinned(all, 4)).toEqual([0, 333, 666, 999]);
  expect(thinned(all, 1000)).toBe(all);
  const some = bestAndSome(all, 90);
  expect(some).toHaveLength(90);
  expect(some.slice(0, 30)).toEqual(all.slice(0, 30));
  expect(some.at(-1)).toBe(999);
  expect(new Set(some).size).toBe(90);
});
