// One clock for all that moves: what glides is drawn once a frame, and what may come a moment later waits for a frame
// in which nothing else waits, so that no frame has so much to do that it comes late.

class Clock {
  constructor() {
    this.gliding = new Map(); // by who glides: draws a frame, and says whether there is more to come
    this.waiting = new Map(); // by who waits, in the order in which they came: draws once
    this.asked = 0; // the frame that the browser was asked for
  }

  /** Call `frame` with the time of every frame, until it returns false or another takes its place. */
  glide(who, frame) {
    this.gliding.set(who, frame);
    this.wake();
  }

  /** Call `draw` in every frame with how far a change has come, from 0 to 1, slow at both ends; without time once, with 1. */
  ease(who, milliseconds, draw) {
    this.stop(who);
    if (milliseconds <= 0) return draw(1);
    const begin = performance.now();
    this.glide(who, (now) => {
      const t = Math.min(1, Math.max(0, (now - begin) / milliseconds));
      draw(t * t * (3 - 2 * t));
      return t < 1;
    });
  }

  stop(who) {
    this.gliding.delete(who);
  }

  /** Draw now or, if it may wait, in a frame of its own; who waits already keeps its place in the line. */
  draw(who, draw, waits) {
    if (!waits) {
      this.waiting.delete(who);
      return draw();
    }
    this.waiting.set(who, draw);
    this.wake();
  }

  close() {
    cancelAnimationFrame(this.asked);
    this.gliding.clear();
    this.waiting.clear();
  }

  wake() {
    this.asked ||= requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.asked = 0;
    const [next] = this.waiting; // chosen first: what begins to wait in this frame is not drawn in it
    for (const [who, frame] of this.gliding) if (!frame(now)) this.gliding.delete(who);
    if (next && this.waiting.get(next[0]) === next[1]) {
      this.waiting.delete(next[0]);
      next[1]();
    }
    if (this.gliding.size || this.waiting.size) this.wake();
  }
}
