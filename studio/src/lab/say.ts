import { language } from "../shell/language.ts";
import type { Text } from "./lesson.ts";

/** A lesson's text in the reader's language. */
export const say = (text: Text): string => text[language()];
