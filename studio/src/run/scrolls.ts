/** Lets what is wider than the screen be reached by the keyboard, too. @param label what it is, where nothing else says so */
export const scrolls = (label?: string) => (element: Element) => {
  element.setAttribute("tabindex", "0");
  if (label === undefined) return;
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
};
