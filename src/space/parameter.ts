/** One value of a configuration. */
export type ParameterValue = number | string | boolean;

/** Only there while another parameter, a choice, has one of these values. */
export interface When {
  readonly parameter: string;
  readonly is: readonly ParameterValue[];
}

interface Conditional {
  readonly when?: When;
}

/** A real number in [low, high]; on a logarithmic scale where its order of magnitude is what matters. */
export interface FloatParameter extends Conditional {
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
}

/** low, low + step, … up to high. */
export interface IntParameter extends Conditional {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
  /** 1 unless said; integers on a logarithmic scale have none. */
  readonly step?: number;
}

/** One of several values without an order. */
export interface ChoiceParameter extends Conditional {
  readonly kind: "choice";
  readonly choices: readonly ParameterValue[];
}

export type Parameter = FloatParameter | IntParameter | ChoiceParameter;

/** A value for each parameter that is active: those whose condition holds. */
export type Configuration = Readonly<Record<string, ParameterValue>>;
