import type { Tensor } from "onnxruntime-common";
import { InternalError, type Shape, sizeOf } from "../core/index.ts";
import { allocate, type Block, type Value } from "./session.ts";

/** A block in this memory: a session reads and writes its array in place. */
export class HostBlock implements Block {
  readonly dtype = "float32";
  readonly value: Value;

  /** @param given its first numbers, whose array it takes over; zeros unless said */
  constructor(shape: Shape, given?: Float32Array) {
    this.value = given === undefined ? allocate("float32", shape) : { dtype: "float32", shape, data: given };
  }

  get shape(): Shape {
    return this.value.shape;
  }

  async read(): Promise<Float32Array<ArrayBuffer>> {
    return (this.value.data as Float32Array).slice();
  }

  write(numbers: Float32Array): void {
    (this.value.data as Float32Array).set(numbers);
  }
}

/** One of so many equal parts of what lies in this memory, without a copy. */
export function partOf(place: Value | Block, index: number, count: number): Value | Block {
  if (count === 1) return place;
  if (!("data" in place) && !(place instanceof HostBlock)) {
    throw new InternalError("a part of a block that lies elsewhere");
  }
  const { dtype, data } = place instanceof HostBlock ? place.value : place;
  const size = data.length / count;
  return { dtype, shape: [size], data: data.subarray(index * size, (index + 1) * size) };
}

/** Brings a tensor back from the graphics card. */
export type Download = (tensor: Tensor) => Promise<Float32Array>;

/**
 * A block on the graphics card. ONNX Runtime hands out a new tensor with every run; the block holds the last one and gives
 * the one before it back. What is written from here waits in this memory for the first run that reads it.
 */
export class DeviceBlock implements Block {
  readonly dtype = "float32";
  readonly shape: Shape;
  readonly #upload: (numbers: Float32Array, shape: Shape) => Tensor;
  readonly #download: Download;
  tensor: Tensor;

  constructor(
    shape: Shape,
    upload: (numbers: Float32Array, shape: Shape) => Tensor,
    download: Download,
    given: Float32Array = new Float32Array(sizeOf(shape)),
  ) {
    this.shape = shape;
    this.#upload = upload;
    this.#download = download;
    this.tensor = upload(given, shape);
  }

  async read(): Promise<Float32Array<ArrayBuffer>> {
    const there =
      this.tensor.location === "cpu" ? (this.tensor.data as Float32Array) : await this.#download(this.tensor);
    return there.slice() as Float32Array<ArrayBuffer>;
  }

  write(numbers: Float32Array): void {
    this.replace(this.#upload(numbers.slice(), this.shape));
  }

  replace(tensor: Tensor): void {
    this.tensor.dispose();
    this.tensor = tensor;
  }
}
