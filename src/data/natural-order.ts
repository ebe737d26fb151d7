/**
 * The order in which a person lists names: runs of digits compare as numbers ("9" before "10", "img2" before "img10"),
 * all else by code unit, so that the order of the classes is the same on every machine and in every language.
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const bothNumbers = /^\d/.test(x) && /^\d/.test(y);
    const order = (bothNumbers ? compareDigits(x, y) : 0) || compareCodeUnits(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** As text, without leading zeros: a number of twenty digits has no exact double. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || compareCodeUnits(x, y);
}

export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
