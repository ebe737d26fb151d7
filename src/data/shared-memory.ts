/**
 * Memory that a worker thread sees without a copy. A page that is not cross-origin isolated has no SharedArrayBuffer;
 * there the same code works on ordinary memory, which is then copied when it crosses to a worker.
 */
const allocate = (bytes: number) =>
  typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(allocate(length));
}

export function sharedInts(length: number): Int32Array {
  return new Int32Array(allocate(4 * length));
}

export function sharedFloats(length: number): Float32Array {
  return new Float32Array(allocate(4 * length));
}

export function isShared(array: ArrayBufferView): boolean {
  return typeof SharedArrayBuffer !== "undefined" && array.buffer instanceof SharedArrayBuffer;
}
