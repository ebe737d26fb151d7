import type { Fields, StateOf } from "./fields.ts";

/** A text in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** What the learner predicts before anything moves. */
export interface Question {
  readonly text: Text;
  readonly choices: readonly Text[];
  /** The place of the right one in `choices`. */
  readonly answer: number;
  /** Said once the learner has chosen: what to look at to see it. */
  readonly because: Text;
}

/** The steps that the lesson can go through: the frame shows the player and moves the field of that name. */
export interface Steps<State> {
  /** The field of the state that counts the steps; a whole number from 0. */
  readonly field: keyof State & string;
  readonly last: (state: State) => number;
  /** Milliseconds from one to the next while it plays; 500 unless said. */
  readonly pace?: number;
}

/**
 * One lesson: predict → move → see → one-line truth. Its numbers are computed by functions beside it, on the library's own
 * engine; its view only shows them.
 */
export interface Lesson<F extends Fields = Fields> {
  readonly question: Question;
  /** What to move, and what to watch while it moves. */
  readonly task: Text;
  /** What is true, in one line. */
  readonly truth: Text;
  /** All that the learner can change, and so all that the address keeps. */
  readonly fields: F;
  readonly steps?: Steps<StateOf<F>>;
  /** KaTeX, one a line, with the numbers of this state in them. */
  readonly formulas: (state: StateOf<F>) => readonly string[];
  /**
   * TypeScript on the public interface (`argmin`, `argmin/graph`) that prints the numbers on the screen. It runs as it stands.
   */
  readonly program: (state: StateOf<F>) => string;
}

/** Gives a lesson's functions their types from its fields. */
export const defineLesson = <const F extends Fields>(lesson: Lesson<F>): Lesson<F> => lesson;

/** What the view of a lesson is given. */
export interface ViewProps<F extends Fields> {
  readonly state: StateOf<F>;
  /** Changes some of the state; the rest stays. */
  readonly set: (change: Partial<StateOf<F>>) => void;
}
