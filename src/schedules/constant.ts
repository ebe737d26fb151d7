import { frozen } from "../core/index.ts";
import { type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

/** The learning rate stays as it is. */
export const constantSchedule = frozen<Schedule>({
  name: "constant",
  summary: "the rate stays as it is",
  defaults: {},
  factor: () => 1,
});

/** A constant learning rate. */
export const constantRate = (rate?: number): ScheduleChoice => scheduled(constantSchedule, rate);
