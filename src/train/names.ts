/** Names that a step graph takes and gives, beside the batch. */
export const names = {
  next: (value: string) => `next ${value}`,
  slot: (slot: string, parameter: string) => `${slot} of ${parameter}`,
  average: (parameter: string) => `average of ${parameter}`,
  scalar: (name: string) => `scalar.${name}`,
  /** `strength.l2` where there is one number and it is called like its unit, `strength.elastic-net.l1` otherwise. */
  strength: (regularizer: string, scalar: string) =>
    regularizer === scalar ? `strength.${scalar}` : `strength.${regularizer}.${scalar}`,
  sum: (parameter: string) => `sum of ${parameter}`,
  /** 1 over the weight of the examples of a step, where the graph cannot know it. */
  share: "share",
  clipNorm: "clip.norm",
  clipValue: "clip.value",
  /** What an average keeps of itself in a step, and what it takes of the new weight. */
  averageKept: "average.kept",
  averageTaken: "average.taken",
};
