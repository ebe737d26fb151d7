/** `--model auto`: the best model whose training fits into the time that there is. */
import { type ModelChoice, models } from "../models/index.ts";
import { costOf, type DataFacts } from "./tune/index.ts";

/** Seconds that a run may take where nobody says how long. */
const USUAL_SECONDS = 30 * 60;
/** Passes over the pictures that a network needs at least to be worth its name. */
const EPOCHS = 10;
/** Multiplications a second that two cores of a usual machine make of such small products: about half of what an idle machine did for the cnn. */
const MULTIPLICATIONS_A_SECOND = 25e9;
/** Up to so many pixels a small network sees enough. */
const SMALL = 64;

export interface ChosenModel {
  readonly model: ModelChoice;
  /** One sentence, for people. */
  readonly why: string;
}

const spoken = (seconds: number): string =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

function usual(name: keyof typeof models, { height, width }: DataFacts): ModelChoice {
  const { defaults, settle } = models[name];
  return { kind: "model", name, options: { ...(settle ? settle(defaults, { height, width }) : defaults) } };
}

/**
 * Above 64 pixels the residual network of 18 layers comes first, else the small one; then what costs less, down to the linear
 * classifier. A step costs three times what an answer does.
 * @param seconds that the run may take; half an hour unless said
 */
export function chooseModel(facts: DataFacts, seconds = USUAL_SECONDS): ChosenModel {
  if (facts.numbers) return { model: usual("mlp", facts), why: "mlp, since the data are numbers" };
  const large = Math.min(facts.height, facts.width) > SMALL;
  const order = [...(large ? (["resnet"] as const) : []), "fastnet", "cnn", "linear"] as const;
  const candidates = order.map((name) => {
    const model = usual(name, facts);
    const { multiplyAdds } = costOf({ data: "", model }, facts);
    return { model, seconds: (3 * multiplyAdds * facts.pictures * EPOCHS) / MULTIPLICATIONS_A_SECOND };
  });
  const chosen = candidates.find((one) => one.seconds <= seconds) ?? candidates[candidates.length - 1]!;
  const passed = candidates[candidates.indexOf(chosen) - 1];
  const size = `${facts.height}×${facts.width}`;
  const first = `${chosen.model.name}, since ${EPOCHS} epochs of ${facts.pictures} pictures of ${size} take it about ${spoken(chosen.seconds)}`;
  const within = chosen.seconds <= seconds ? ` of ${spoken(seconds)}` : ` and nothing fits into ${spoken(seconds)}`;
  const why = passed
    ? `${first}${within}; ${passed.model.name} would take ${spoken(passed.seconds)}`
    : `${first}${within}`;
  return { model: chosen.model, why };
}
