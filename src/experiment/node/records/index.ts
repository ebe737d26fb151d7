/** What a training writes down of each epoch, so that one can look at how the run went. */
export { type AnswersByEpoch, readAnswers } from "./answers-file.ts";
export { EpochRecords } from "./epoch-records.ts";
export { readTemplates, type TemplatesByEpoch } from "./templates-file.ts";
