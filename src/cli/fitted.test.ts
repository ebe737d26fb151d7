import { expect, test } from "vitest";
import { fitted, printable, widthOf } from "./fitted.ts";

test("nothing in a name moves the cursor or turns the text", () => {
  expect(printable("a\u001b[31m\nb\u202egnp.jpg\u007f")).toBe("a�[31m�b�gnp.jpg�");
  expect(printable("汉字 📷 é.png")).toBe("汉字 📷 é.png");
});

test("a text takes columns", () => {
  expect([widthOf("abc"), widthOf("汉字"), widthOf("📷"), widthOf("e\u0301"), widthOf("한글")]).toEqual([
    3, 4, 2, 1, 4,
  ]);
});

test("a text that is too long loses its start", () => {
  expect(fitted("photos/cat/1.jpg", 16)).toBe("photos/cat/1.jpg");
  expect(fitted("photos/cat/1.jpg", 10)).toBe("…cat/1.jpg".slice(-10));
  expect(fitted("汉字汉字", 6)).toBe("…汉字".slice(0, 1) + "汉字".slice(-2));
  expect(widthOf(fitted("汉字汉字", 7))).toBeLessThanOrEqual(7);
});
