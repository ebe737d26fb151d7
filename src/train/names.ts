/** Names that a step graph takes and gives, beside the batch. */
export const names = {
  next: (value: string) => `next ${value}`,
  slot: (slot: string, parameter: string) => `${slot} of ${parameter}`,
  scalar: (name: string) => `scalar.${name}`,
  strength: (regularizer: string, scalar: string) => `strength.${regularizer}.${scalar}`,
  sum: (parameter: string) => `sum of ${parameter}`,
};
