import type { Messages } from "../shell/language.ts";

export const messages = {
  en: {
    title: "Studies",
    study: "Study {name}",
  },
  zh: {
    title: "超参数搜索",
    study: "搜索 {name}",
  },
} as const satisfies Messages;
