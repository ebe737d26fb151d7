import { answer, type ModelQuestion } from "./model.ts";

/** Models take long of many trials, so they are asked off the page's thread. */
addEventListener("message", ({ data }: MessageEvent<{ id: number; question: ModelQuestion }>) => {
  postMessage({ id: data.id, answer: answer(data.question) });
});
