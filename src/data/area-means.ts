export interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * A picture, or anything else of its shape, made smaller: each value is the mean of the area that it stands for, bytes rounded.
 * @param values [height, width, channels] of `from`
 * @returns [height, width, channels] of `to`; `values` itself where the size is the same
 */
export function areaMeans<Values extends Uint8Array | Float32Array>(
  values: Values,
  from: Size & { readonly channels: number },
  to: Size,
): Values {
  if (from.height === to.height && from.width === to.width) return values;
  const { channels } = from;
  const length = to.height * to.width * channels;
  const bytes = values instanceof Uint8Array;
  const out = bytes ? new Uint8Array(length) : new Float32Array(length);
  const [down, across] = [spans(from.height, to.height), spans(from.width, to.width)];
  for (const [y, [top, bottom]] of down.entries()) {
    for (const [x, [left, right]] of across.entries()) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let v = top; v < bottom; v++) {
          for (let u = left; u < right; u++) sum += values[(v * from.width + u) * channels + c];
        }
        const mean = sum / ((bottom - top) * (right - left));
        out[(y * to.width + x) * channels + c] = bytes ? Math.round(mean) : mean;
      }
    }
  }
  return out as Values;
}

/** The whole places that each of some equal parts of a length touches. */
const spans = (length: number, parts: number): [number, number][] =>
  Array.from({ length: parts }, (_, i) => [Math.floor((i * length) / parts), Math.ceil(((i + 1) * length) / parts)]);
