/**
 * Drawings that wait for their turn. When a range is moved, each figure of a page is drawn anew; all in one frame would hold up the
 * figure that the reader has in hand. So that one is drawn at once, and the others in the frames that follow.
 */

/** Milliseconds of a frame that drawings may take before the rest waits for the next one. */
const BUDGET = 8;

const waiting = new Map<object, () => void>();
let asked = false;

function work(): void {
  asked = false;
  const end = performance.now() + BUDGET;
  for (const [place, draw] of waiting) {
    waiting.delete(place);
    draw();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) ask();
}

function ask(): void {
  if (asked) return;
  asked = true;
  // After the picture of this frame is out, so that a key is seen to work before anything else is drawn.
  requestAnimationFrame(() => setTimeout(work, 0));
}

/** Draws in a later frame; of several drawings of one place only the last is made. */
export function drawLater(place: object, draw: () => void): void {
  waiting.delete(place);
  waiting.set(place, draw);
  ask();
}

/** What waits for a place is not drawn any more: it is gone, or was drawn at once. */
export function forgetDrawing(place: object): void {
  waiting.delete(place);
}
