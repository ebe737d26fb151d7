import { keep, kept } from "./kept.ts";
import { shared } from "./subscribe.ts";

export type Language = "en" | "zh";

/** The texts of one area: the same keys in both languages; `{name}` stands for a value. */
export interface Messages<Key extends string = string> {
  readonly en: Readonly<Record<Key, string>>;
  readonly zh: Readonly<Record<Key, string>>;
}

/** As HTML names them. */
export const tags: Readonly<Record<Language, string>> = Object.freeze({ en: "en", zh: "zh-CN" });

/** The choice of before, else the first of the browser's languages that there is, else English. */
export function firstLanguage(before: string | null, wished: readonly string[]): Language {
  if (before === "en" || before === "zh") return before;
  const known = wished.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "zh");
  return (known as Language | undefined) ?? "en";
}

const wished = (): readonly string[] => (typeof navigator === "undefined" ? [] : (navigator.languages ?? []));

const choice = shared<Language>(
  () => firstLanguage(kept("language"), wished()),
  (language) => keep("language", language),
);

export const language = (): Language => choice.value;
export const setLanguage = (next: Language): void => choice.set(next);

/** The text of a key in the reader's language, with its values put in. */
export function t<Key extends string>(
  messages: Messages<Key>,
  key: Key,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return filled(messages[choice.value][key], values);
}

/** `{name}` becomes the value of that name; one that is not given stays as it is. */
export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
