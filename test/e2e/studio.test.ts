/** The Studio as users meet it: the command, the page in a real Chromium, and who is let in. */
import { expect, test } from "vitest";
import { expectAccessible, look, startStudio } from "./studio-support.ts";
import { argmin, doneLine, temporaryFolder } from "./support.ts";

const cwd = temporaryFolder();
const quick = ["train", "builtin:shapes", "--model", "linear", "--epochs", "2", "--json"];

test("a run is in the table, in both themes, without a complaint", async () => {
  doneLine(await argmin([...quick, "--name", "first"], { cwd }));
  const { url } = await startStudio(cwd);
  for (const dark of [false, true]) {
    const { page, wrong, hosts } = await look(url, { dark });
    await page.getByRole("link", { name: "first" }).waitFor();
    await expectAccessible(page);
    expect(wrong).toEqual([]);
    expect([...hosts]).toEqual([url]);
    await page.context().close();
  }
});
