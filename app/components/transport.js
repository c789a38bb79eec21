// The transport: one cursor over the frames of a film, moved by buttons, keys, the scrubber, and by playing.

const PHASE_MS = 1500;
const BUS = "tensorbrain:cursor"; // players of one group tell each other where they stand
const KEYS = { " ": "play", ArrowRight: "next", ArrowLeft: "back", ArrowUp: "up", ArrowDown: "down", Home: "start", End: "end", "?": "help" };

class Transport {
  /** `show` is called whenever the cursor has moved, `report` with what the visitor did; `deeds` are other buttons. */
  constructor(root, clock, { show, report, deeds }) {
    Object.assign(this, { root, clock, show, report });
    const find = (selector) => root.querySelector(selector);
    [this.scrub, this.speed, this.button, this.sentence] = [".scrub", ".speed select", "[data-do=play]", ".sentence"].map(find);
    this.dialog = find("dialog");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.playing = false;
    this.led = false; // whether the player that is followed plays
    this.listen(deeds);
  }

  listen(deeds) {
    this.act = {
      start: () => this.step(0, "start"),
      end: () => this.step(this.frames.length - 1, "end"),
      back: () => this.step(this.cursor - 1, "back"),
      next: () => this.step(this.cursor + 1, "next"),
      up: () => this.toStatement(Math.max(0, this.frame.statement - 1)),
      down: () => this.toStatement(Math.min(this.lastOf.length - 1, this.frame.statement + 1)),
      play: () => (this.playing ? this.pause() : this.play()),
      ...deeds,
    };
    this.root.querySelectorAll("[data-do]").forEach((button) => (button.onclick = this.act[button.dataset.do]));
    this.scrub.oninput = () => this.step(Number(this.scrub.value), "scrub");
    this.onkey = (event) => this.press(event);
    document.addEventListener("keydown", this.onkey);
    this.onbus = ({ detail }) => this.follow(detail);
    document.addEventListener(BUS, this.onbus);
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onkey);
    document.removeEventListener(BUS, this.onbus);
  }

  press(event) {
    const target = event.composedPath()[0];
    const inside = event.composedPath().includes(this.root);
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || this.options?.follows) return;
    if (!inside && target !== document.body) return; // keys typed elsewhere are not ours
    if (this.dialog.open || target.matches("select, input[type=search]")) return;
    if (event.key === " " && target.matches("button")) return;
    const what = KEYS[event.key];
    if (!what) return;
    event.preventDefault();
    this.act[what]();
  }

  /** Take the frames of another film; the cursor stays where it was until it is moved. */
  load(frames, statements) {
    this.pause();
    this.frames = frames;
    this.lastOf = Array.from({ length: statements }, (_, n) => frames.findLastIndex((frame) => frame.statement === n));
    this.scrub.max = frames.length - 1;
  }

  get frame() {
    return this.frames[this.cursor];
  }

  /** How long a layer may glide from one state to the next. */
  get glide() {
    return this.calm.matches ? 0 : 600 / Number(this.speed.value);
  }

  /** Whether frame follows frame by itself. */
  get moving() {
    return this.playing || this.led;
  }

  go(cursor) {
    this.cursor = Math.max(0, Math.min(this.frames.length - 1, cursor));
    this.scrub.value = this.cursor;
    this.show();
    const { group, follows } = this.options;
    if (group && !follows) document.dispatchEvent(new CustomEvent(BUS, { detail: { group, playing: this.playing, ...this.frame } }));
    if (this.cursor === this.lastOf[this.frame.statement]) this.report("complete");
    if (this.cursor === this.frames.length - 1) this.report("all");
  }

  /** Stand where the leading player of the group stands, as far as this film goes. */
  follow({ group, playing, statement, window, phase }) {
    if (!this.frames || !this.options.follows || group !== this.options.group) return;
    const here = this.frames.findLastIndex((frame) => frame.statement === statement && frame.window <= window && (frame.window < window || frame.phase === phase));
    this.led = playing;
    this.seek(here < 0 ? this.frames.length - 1 : here);
  }

  seek(cursor) {
    this.pause();
    this.go(cursor);
  }

  /** A step that the visitor took. */
  step(cursor, deed) {
    this.seek(cursor);
    this.report(deed);
  }

  toStatement(n) {
    this.step(this.lastOf[n], "statement");
  }

  play(until = this.frames.length - 1) {
    if (this.cursor >= this.frames.length - 1) this.go(0);
    this.until = until > this.cursor ? until : this.frames.length - 1;
    this.setPlaying(true);
    let shown = performance.now();
    this.clock.glide(this, (now) => {
      const pace = PHASE_MS / Number(this.speed.value);
      if (now - shown < pace) return true;
      shown = now - shown < 2 * pace ? shown + pace : now; // in step with the time, but nothing is made up for
      this.go(this.cursor + 1);
      if (this.cursor >= this.until) this.pause();
      return this.playing;
    });
    if (until === this.frames.length - 1) this.report("play");
  }

  pause() {
    this.clock.stop(this);
    this.setPlaying(false);
  }

  setPlaying(playing) {
    this.playing = playing;
    this.root.classList.toggle("playing", playing);
    set(this.button, { "aria-label": playing ? "Pause" : "Play" });
    // A voice cannot keep up with the film: it speaks of single steps and where the film rests.
    set(this.sentence, { "aria-live": playing ? "off" : "polite" });
  }
}
