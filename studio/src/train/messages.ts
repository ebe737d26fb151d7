import type { Messages } from "../shell/language.ts";

export const messages = {
  en: {
    title: "Train here",
  },
  zh: {
    title: "在此训练",
  },
} as const satisfies Messages;
