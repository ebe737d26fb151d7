/** JSON for people: a list or an object that holds no other stays in one line, so that a row of a matrix is a line. */
export function readableJson(value: unknown, indent = ""): string {
  const isPlain = (one: unknown) => one === null || typeof one !== "object";
  if (isPlain(value) || Object.values(value as object).every(isPlain)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const lines = Object.entries(value as object)
    .filter(([, one]) => one !== undefined)
    .map(
      ([key, one]) => `${inner}${Array.isArray(value) ? "" : `${JSON.stringify(key)}: `}${readableJson(one, inner)}`,
    );
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}
