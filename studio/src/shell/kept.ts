/** What the browser keeps for us; where it keeps nothing (a private window, a test), the choice lasts as long as the page. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`argmin.${key}`);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`argmin.${key}`, value);
  } catch {
    // Storage may be full or forbidden; nothing depends on it.
  }
}
