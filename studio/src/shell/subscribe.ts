import { createSubscriber } from "svelte/reactivity";

/** A value outside of components: views that read it are drawn anew when it changes. */
export interface Shared<T> {
  readonly value: T;
  set(value: T): void;
}

/**
 * @param read the first value
 * @param changed is told of each new one
 */
export function shared<T>(read: () => T, changed: (value: T) => void = () => {}): Shared<T> {
  let value = read();
  const watchers = new Set<() => void>();
  const subscribe = createSubscriber((update) => {
    watchers.add(update);
    return () => watchers.delete(update);
  });
  return {
    get value() {
      subscribe();
      return value;
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      changed(next);
      for (const update of watchers) update();
    },
  };
}
