import { chosen, frozen } from "../core/index.ts";
import type { Schedule, ScheduleChoice } from "./schedule.ts";

/** The learning rate stays as it is. */
export const constantSchedule = frozen<Schedule>({
  name: "constant",
  summary: "the rate stays as it is",
  defaults: {},
  factor: () => 1,
});

/** A constant learning rate. */
export const constantRate = (rate?: number): ScheduleChoice => ({
  ...chosen("schedule", constantSchedule),
  ...(rate === undefined ? {} : { rate }),
});
