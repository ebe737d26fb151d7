/** Bytes as pictures on a canvas. */
export interface Bytes {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 3: RGB; 4: with transparency. */
  readonly channels: 3 | 4;
}

/** RGBA of a picture, as a canvas takes it. */
export function rgba({ pixels, height, width, channels }: Bytes): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * height * width);
  if (channels === 4) data.set(pixels);
  else {
    for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
      data[to] = pixels[from]!;
      data[to + 1] = pixels[from + 1]!;
      data[to + 2] = pixels[from + 2]!;
      data[to + 3] = 255;
    }
  }
  return data;
}

/** For `use:paint`: draws the picture, and again whenever it is another one. */
export function paint(canvas: HTMLCanvasElement, picture: Bytes) {
  const draw = (next: Bytes) => {
    canvas.width = next.width;
    canvas.height = next.height;
    canvas.getContext("2d")!.putImageData(new ImageData(rgba(next), next.width, next.height), 0, 0);
  };
  draw(picture);
  return { update: draw };
}
