import type { Size, Tone } from "./augmentation.ts";

/** ITU-R BT.601, as the preprocessing of grey pictures has it. */
const LUMA = [0.299, 0.587, 0.114] as const;
const ONE = 65536;
const table = new Uint8ClampedArray(256);

/** Gives every pixel a tone, in place; bytes are rounded and cut to 0 … 255 once, at the end. */
export function recolour(pixels: Uint8Array, { gain, offset, saturation }: Tone, { channels }: Size): void {
  const { length } = pixels;
  if (channels === 1 || saturation === 1) {
    for (let value = 0; value < 256; value++) table[value] = gain * value + offset;
    for (let i = 0; i < length; i++) pixels[i] = table[pixels[i]!]!;
    return;
  }
  const own = Math.round(gain * saturation * ONE);
  const [red, green, blue] = LUMA.map((share) => Math.round(gain * (1 - saturation) * share * ONE)) as [
    number,
    number,
    number,
  ];
  const shift = Math.round((offset + 0.5) * ONE);
  for (let i = 0; i < length; i += 3) {
    const r = pixels[i]!;
    const g = pixels[i + 1]!;
    const b = pixels[i + 2]!;
    const grey = Math.imul(red, r) + Math.imul(green, g) + Math.imul(blue, b) + shift;
    pixels[i] = byteOf((Math.imul(own, r) + grey) >> 16);
    pixels[i + 1] = byteOf((Math.imul(own, g) + grey) >> 16);
    pixels[i + 2] = byteOf((Math.imul(own, b) + grey) >> 16);
  }
}

const byteOf = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);
