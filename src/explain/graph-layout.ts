/** Places for the cards of a network, in layers from top to bottom. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Laid {
  readonly card: Box;
  /** Of its parameters, to the right of all cards. */
  readonly parameters: readonly Box[];
}

export interface Layout {
  readonly steps: readonly Laid[];
  /** A frame around what belongs to one layer, with room for its name at the top. */
  readonly frames: readonly (Box & { readonly layer: string })[];
  readonly width: number;
  readonly height: number;
}

/** A step as the layout sees it. */
export interface Node {
  readonly layer: string;
  /** Places of the steps that it takes values from; all of them stand before it. */
  readonly inputs: readonly number[];
  readonly parameters: number;
}

export interface Sizes {
  readonly card: { readonly width: number; readonly height: number };
  readonly parameter: { readonly width: number; readonly height: number };
  /** Between cards, and around all. */
  readonly gap: number;
  readonly margin: number;
  /** For the name of a layer, where a new one begins. */
  readonly heading: number;
}

/** How many steps lie before each one, on the longest way: what it takes its values from is always above it. */
function ranksOf(nodes: readonly Node[]): number[] {
  const ranks: number[] = [];
  for (const { inputs } of nodes) ranks.push(Math.max(-1, ...inputs.map((input) => ranks[input])) + 1);
  return ranks;
}

/**
 * Layers by longest path, cards of one rank side by side in the order of the trace, parameters to the right of all. Networks
 * are chains with side inputs, so nothing is done about crossings.
 */
export function layoutOf(nodes: readonly Node[], { card, parameter, gap, margin, heading }: Sizes): Layout {
  const ranks = ranksOf(nodes);
  const rows = Array.from({ length: Math.max(...ranks) + 1 }, (_, rank) =>
    nodes.flatMap((_node, i) => (ranks[i] === rank ? [i] : [])),
  );
  const columns = Math.max(...rows.map((row) => row.length));
  const right = margin + columns * (card.width + gap) + gap;
  const steps: Laid[] = [];
  const frames: (Box & { layer: string })[] = [];
  let y = margin;
  let layer: string | undefined;
  for (const row of rows) {
    const own = nodes[row[0]].layer;
    const count = row.reduce((sum, i) => sum + nodes[i].parameters, 0);
    const height = Math.max(card.height, count * parameter.height + Math.max(0, count - 1) * (gap / 2));
    if (own !== layer) {
      y += layer === undefined ? 0 : gap;
      frames.push({
        layer: own,
        x: margin - gap / 2,
        y,
        width: right + parameter.width - margin + gap,
        height: heading,
      });
      y += heading;
    }
    layer = own;
    let below = y;
    row.forEach((i, column) => {
      const parameters = Array.from({ length: nodes[i].parameters }, () => {
        const box = { ...parameter, x: right, y: below };
        below += parameter.height + gap / 2;
        return box;
      });
      const middle = y + (height - card.height) / 2;
      steps[i] = { card: { ...card, x: margin + column * (card.width + gap), y: middle }, parameters };
    });
    y += height + gap;
    const frame = frames.at(-1)!;
    frames[frames.length - 1] = { ...frame, height: y - gap / 2 - frame.y };
  }
  return { steps, frames, width: right + parameter.width + margin, height: y - gap + margin };
}
