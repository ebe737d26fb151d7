import { keep, kept } from "./kept.ts";
import { shared } from "./subscribe.ts";

/** `system`: as the machine is set. */
export type Theme = "system" | "light" | "dark";
export const themes: readonly Theme[] = ["system", "light", "dark"];

const isTheme = (text: string | null): text is Theme => themes.includes(text as Theme);

/** The style sheet takes its colours from this attribute. */
function show(theme: Theme): void {
  if (typeof document === "undefined") return;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

const choice = shared<Theme>(
  () => {
    const before = kept("theme");
    const theme = isTheme(before) ? before : "system";
    show(theme);
    return theme;
  },
  (theme) => {
    show(theme);
    keep("theme", theme);
  },
);

export const theme = (): Theme => choice.value;
export const setTheme = (next: Theme): void => choice.set(next);
