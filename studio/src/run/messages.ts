import type { Messages } from "../shell/language.ts";

export const messages = {
  en: {
    title: "Run {name}",
  },
  zh: {
    title: "训练 {name}",
  },
} as const satisfies Messages;
