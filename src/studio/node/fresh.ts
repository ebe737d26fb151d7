import { stat } from "node:fs/promises";

/** Something that was read, and is read again when the file that it depends on has changed. */
export class Fresh<T> {
  readonly #path: string;
  readonly #read: () => Promise<T>;
  readonly #leave: (value: T) => Promise<unknown>;
  #stamp = "";
  #value: Promise<T> | undefined;

  /** @param leave is done with a value that is no longer true */
  constructor(path: string, read: () => Promise<T>, leave: (value: T) => Promise<unknown> = async () => {}) {
    this.#path = path;
    this.#read = read;
    this.#leave = leave;
  }

  async get(): Promise<T> {
    const found = await stat(this.#path).catch(() => undefined);
    const stamp = found === undefined ? "absent" : `${found.mtimeMs} ${found.size} ${found.ino}`;
    if (this.#value === undefined || stamp !== this.#stamp) {
      await this.close();
      this.#stamp = stamp;
      const value = this.#read();
      this.#value = value;
      // What failed is tried again when it is asked for again.
      value.catch(() => {
        if (this.#value === value) this.#value = undefined;
      });
    }
    return await this.#value;
  }

  async close(): Promise<void> {
    const value = this.#value;
    this.#value = undefined;
    await value?.then(this.#leave).catch(() => {});
  }
}
