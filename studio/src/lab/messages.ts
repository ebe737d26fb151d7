import type { Messages } from "../shell/language.ts";

export const messages = {
  en: {
    title: "The Lab",
  },
  zh: {
    title: "实验室",
  },
} as const satisfies Messages;
