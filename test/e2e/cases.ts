/** Bad input as a table: a call, and the error that it has to give. */
import { expect, test } from "vitest";
import { argmin, isThere, jsonLines, type Line, type Result } from "./support.ts";

/** The error's facts, after seeing that they reached both readers: the last line on stdout, and stderr. */
export function errorOf({ code, stdout, stderr }: Result, expectedCode: number): Line {
  expect(code, stderr).toBe(expectedCode);
  const error = jsonLines(stdout).at(-1)!;
  expect(Object.keys(error)).toEqual(["event", "where", "what", "fix"]);
  expect(error.event).toBe("error");
  expect(stderr).toContain(`error ${error.where}: ${error.what}`);
  expect(stderr).toContain(`→ ${error.fix}`);
  expect(stderr).not.toMatch(/\n\s+at /);
  return error;
}

export interface Case {
  readonly args: readonly string[];
  readonly where: string;
  readonly what: RegExp;
  readonly fix: RegExp;
  /** 2 unless said: the call itself is wrong. */
  readonly code?: number;
}

/** One test a case, each run in `cwd`, where nothing is made. */
export function cases(cwd: string, table: Record<string, Case>): void {
  for (const [title, { args, where, what, fix, code = 2 }] of Object.entries(table)) {
    test(title, async () => {
      const error = errorOf(await argmin([args[0]!, "--json", ...args.slice(1)], { cwd }), code);
      expect(error.where).toBe(where);
      expect(error.what).toMatch(what);
      expect(error.fix).toMatch(fix);
      expect(isThere(cwd, "runs"), "nothing was made").toBe(false);
    });
  }
}
