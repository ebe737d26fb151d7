/** The network of a finished run, asked about single pictures: where it looks, and what flows through it. */
import { choose } from "../../../core/index.ts";
import type { Picture } from "../../../data/index.ts";
import { encodePng } from "../../../data/node/index.ts";
import {
  feedsOf,
  heatFrom,
  heatGraph,
  lossUnitGraph,
  methodFor,
  modelFor,
  type Numbers,
  type Thumbnail,
  type UnitFacts,
  type UnitReport,
  unitReport,
  unitValues,
  type WeightedModel,
} from "../../../explain/index.ts";
import type { Tensor } from "../../../ir/index.ts";
import { probabilities } from "../../../metrics/index.ts";
import { geometryModel } from "../../../preprocess/index.ts";
import { type RemoteModel, remoteModel } from "../../../runtime/node/index.ts";
import { forward, network } from "../../../train/index.ts";
import { asRgb } from "../../geometry.ts";
import type { ClassScore, Shown, ShownNumbers, ShownUnit, Sight, Walk } from "../../inspection.ts";
import { contributionsOf, heatOn } from "../explain/example.ts";
import { type OpenedRun, openRun } from "../export/open-run.ts";

/** What is asked about. */
export interface Asked {
  /** The picture at its own size, or a row of numbers [features]. */
  readonly example: Picture | Float32Array;
}

/** Open until it is closed; its models run in threads of their own. */
export class RunNetwork {
  readonly run: OpenedRun;
  readonly #models = new Map<string, Promise<RemoteModel>>();

  private constructor(run: OpenedRun) {
    this.run = run;
  }

  /** @throws UsageError when the run is not finished, or its files do not belong together */
  static async open(folder: string): Promise<RunNetwork> {
    return new RunNetwork(await openRun(folder));
  }

  #model(name: string, make: () => WeightedModel): Promise<RemoteModel> {
    const opened = () => {
      const { model, held } = make();
      return remoteModel(model, "auto", held);
    };
    const open = this.#models.get(name) ?? opened();
    this.#models.set(name, open);
    open.catch(() => this.#models.delete(name));
    return open;
  }

  /** As the network gets it: bytes of its size, or the numbers. */
  async #prepared({ example }: Asked): Promise<Uint8Array | Float32Array> {
    if (example instanceof Float32Array) return example;
    const { recipe, facts } = this.run;
    const geometry = await this.#model("geometry", () => ({
      model: geometryModel({ ...recipe, fit: facts.fit }),
      held: {},
    }));
    const shape = [example.height, example.width, 3];
    const { resized } = await geometry.run({ pixels: { dtype: "uint8", shape, data: asRgb(example) } });
    return resized.data as Uint8Array;
  }

  /**
   * @param label the class that is explained; the predicted one unless said
   * @param wanted the method; HiResCAM where there is a convolution, else input × gradient
   */
  async sight(asked: Asked, label?: string, wanted?: string): Promise<Sight> {
    const { recipe, weights, facts } = this.run;
    const traced = network(recipe, 1);
    const usual = methodFor(traced);
    const method =
      wanted === undefined && usual.name === "grad-cam" ? methodFor(traced, "hires-cam") : methodFor(traced, wanted);
    const byLabel = Object.fromEntries(facts.classes.map((name, c) => [name, c]));
    const chosen = label === undefined ? undefined : choose("class", byLabel, label);
    const model = await this.#model(method.name, () => modelFor(heatGraph(traced, method), weights, "explanation"));
    const values = await this.#prepared(asked);
    const ask = (about: number) => model.run(feedsOf(traced, values, [about]));
    const first = await ask(chosen ?? 0);
    const scores = this.#scores(first.scores.data as Float32Array);
    const explained = chosen ?? byLabel[scores[0].label];
    const [map] = heatFrom(method, explained === (chosen ?? 0) ? first : await ask(explained)).maps;
    const about = { scores, explained: facts.classes[explained], method: method.name, summary: method.summary };
    if (asked.example instanceof Float32Array) {
      return { ...about, contributions: contributionsOf(this.run, asked.example, map) };
    }
    const { overlay, layer, outside } = heatOn(this.run, asked.example, map);
    const [over, alone] = await Promise.all([shown({ ...overlay, square: true }), shown({ ...layer, square: true })]);
    return { ...about, overlay: over, layer: alone, outside };
  }

  /** @param truth the true class, by its place in the list of classes */
  async walk(asked: Asked, truth: number): Promise<Walk> {
    const { recipe, weights, facts } = this.run;
    const { net, perExample } = forward(recipe, 1, "scoring");
    const model = await this.#model("units", () => modelFor(lossUnitGraph(net, perExample), weights, "units"));
    const values = await this.#prepared(asked);
    const { class: _class, ...pixels } = feedsOf(net, values, [truth]);
    const labels = { dtype: "int32" as const, shape: [1], data: Int32Array.of(truth) };
    const results = await model.run({ ...pixels, labels });
    const known = { [net.pixels.attrs.name]: values, labels: Int32Array.of(truth), ...weights };
    const report = unitReport(unitValues(net, results, known, perExample as Tensor));
    return {
      scores: this.#scores(results.scores.data as Float32Array),
      truth: facts.classes[truth],
      loss: report.at(-1)!.value.mean,
      lossName: recipe.loss.name,
      units: await Promise.all(report.map(shownUnit)),
    };
  }

  /** Every class, the most probable first. */
  #scores(scores: Float32Array): ClassScore[] {
    const { classes, temperature } = this.run.facts;
    const p = probabilities(scores, classes.length, temperature);
    const all = classes.map((label, c) => ({ label, probability: p[c], score: scores[c] }));
    return all.sort((a, b) => b.probability - a.probability);
  }

  async close(): Promise<void> {
    const open = [...this.#models.values()];
    this.#models.clear();
    await Promise.all(open.map((model) => model.then((one) => one.close()).catch(() => {})));
  }
}

async function shown(image: Thumbnail): Promise<Shown> {
  const { height, width, square } = image;
  const url = `data:image/png;base64,${Buffer.from(await encodePng(image)).toString("base64")}`;
  return { url, height, width, square };
}

async function shownNumbers({ part, ...numbers }: Numbers): Promise<ShownNumbers> {
  const { text, image } = part;
  return { ...numbers, text, ...(image === undefined ? {} : { image: await shown(image) }) };
}

async function shownFacts<T extends UnitFacts>({ value, gradient, ...facts }: T) {
  return {
    ...facts,
    value: await shownNumbers(value),
    ...(gradient === undefined ? {} : { gradient: await shownNumbers(gradient) }),
  };
}

async function shownUnit({ parameters, ...unit }: UnitReport): Promise<ShownUnit> {
  const own = await Promise.all(parameters.map((parameter) => shownFacts(parameter)));
  return { ...(await shownFacts(unit)), parameters: own };
}
