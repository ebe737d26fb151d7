import { constantSchedule } from "./constant.ts";
import { cosineSchedule } from "./cosine.ts";
import type { Schedule } from "./schedule.ts";

export { constantRate } from "./constant.ts";
export { type CosineOptions, cosine } from "./cosine.ts";
export { progressOf, type Schedule, type ScheduleChoice, type Time } from "./schedule.ts";

/** Every schedule, by name. */
export const schedules = Object.freeze({ constant: constantSchedule, cosine: cosineSchedule }) as Readonly<
  Record<"constant" | "cosine", Schedule>
>;
