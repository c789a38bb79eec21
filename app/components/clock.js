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

  stop(who) {
    this.gliding.delete(who);
  }

  /** Draw now or, if it may wait, in a frame of its own. */
  draw(who, draw, waits) {
    this.waiting.delete(who);
    if (!waits) return draw();
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
