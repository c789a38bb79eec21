// All moments as thin marks on a canvas: where each lies, and how it is drawn. Joined in front of timeline.js.

const GAP = 12; // pixels between the moments that were learned and those that were lived in this visit
const OWN = 8; // pixels of each of the latter
const WIDEST = 26; // pixels of a mark
const LEAST = 0.06; // of the full height: the moment that is pointed at is seen however improbable it is

class Marks {
  constructor(canvas, swatch) {
    this.canvas = canvas;
    this.swatch = swatch; // an element whose own colour shows nowhere
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.heights = null; // what the eye sees now, as shares of the full height
  }

  /** Lay the moments out: `learned` of `count` were there before this visit; days of the `calendar` are told apart. */
  measure(count, learned, calendar) {
    Object.assign(this, { count, learned });
    this.wide = this.canvas.clientWidth - (count > learned ? GAP + (count - learned) * OWN : 0);
    this.pitch = this.wide / Math.max(1, learned);
    this.turns = calendar.turns(this.wide);
  }

  left(row) {
    return row < this.learned ? row * this.pitch : this.wide + GAP + (row - this.learned) * OWN;
  }

  right(row) {
    return this.left(row) + (row < this.learned ? this.pitch : OWN);
  }

  rowAt(x) {
    const own = x > this.wide + GAP / 2 && this.count > this.learned;
    const row = own ? this.learned + Math.floor((x - this.wide - GAP) / OWN) : Math.floor(x / this.pitch);
    const [first, last] = own ? [this.learned, this.count - 1] : [0, Math.max(1, this.learned) - 1];
    return Math.max(first, Math.min(last, row));
  }

  /** The highest mark within two pixels of a pointer: marks are thinner than a hand is steady. */
  peak(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    let best = this.rowAt(x);
    const last = this.rowAt(x + 2);
    for (let row = this.rowAt(x - 2); row <= last; row++) if (this.heights[row] > this.heights[best]) best = row;
    return best;
  }

  /** Move to new heights, smoothly where motion is welcome; `show` is called whenever they have changed. */
  glide(goal, milliseconds, show) {
    const run = (this.run = {});
    const from = this.heights?.length === goal.length ? this.heights : goal;
    const still = this.calm.matches || goal.every((height, row) => height === from[row]);
    const begin = performance.now();
    const tick = (now) => {
      if (run !== this.run) return;
      const t = still ? 1 : Math.min(1, Math.max(0, (now - begin) / milliseconds));
      const ease = t * t * (3 - 2 * t);
      this.heights = t < 1 ? from.map((height, row) => height + (goal[row] - height) * ease) : goal;
      show();
      if (t < 1) requestAnimationFrame(tick);
    };
    tick(begin);
  }

  stop() {
    this.run = null;
  }

  /** Draw all marks, with those from `first` to `last` before a ground of their own, and two that stand out. */
  paint({ first, last, at, chosen }) {
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (!wide || !high || !this.heights) return;
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const pen = canvas.getContext("2d");
    const base = high - Math.round(scale);
    const bar = (left, width, height) => {
      const rise = Math.max(1, Math.round(height * base));
      pen.fillRect(left, base - rise, width, rise);
    };
    pen.clearRect(0, 0, wide, high);
    pen.fillStyle = this.tint("--even");
    const from = this.place(first, scale)[0];
    pen.fillRect(from, 0, Math.round(this.right(last) * scale) - from, high);
    pen.fillStyle = this.tint("--line");
    pen.fillRect(0, base, Math.round(this.wide * scale), high - base);
    this.paintLearned(pen, bar, scale);
    for (let row = this.learned; row < this.count; row++) bar(...this.place(row, scale), this.heights[row]);
    for (const [row, name] of [[at, "--ink"], [chosen, "--accent"]]) {
      const [left, width] = this.place(row, scale);
      pen.fillStyle = this.tint(name);
      pen.globalAlpha = 0.5;
      pen.fillRect(left + Math.floor(width / 2), 0, Math.round(scale), base);
      pen.globalAlpha = 1;
      bar(left, Math.max(width, Math.round(2 * scale)), Math.max(this.heights[row], LEAST));
    }
  }

  paintLearned(pen, bar, scale) {
    const { heights, learned } = this;
    const tints = [this.tint("--one"), this.tint("--other")]; // in turn, so that days are told apart
    let day = 0;
    const dip = (row) => {
      while (this.turns[day + 1] <= row) day++;
      pen.fillStyle = tints[day % 2];
    };
    if (this.pitch >= 1) {
      for (let row = 0; row < learned; row++) {
        dip(row);
        bar(...this.place(row, scale), heights[row]);
      }
      pen.fillStyle = tints[0];
      return;
    }
    const bins = new Float32Array(Math.max(1, Math.round(this.wide))); // several moments a pixel: the highest of them
    for (let row = 0; row < learned; row++) {
      const bin = Math.floor((row / learned) * bins.length);
      if (heights[row] > bins[bin]) bins[bin] = heights[row];
    }
    bins.forEach((height, bin) => {
      dip(Math.floor((bin / bins.length) * learned));
      bar(Math.round(bin * scale), Math.round(scale), height);
    });
    pen.fillStyle = tints[0];
  }

  /** Where a mark lies, left and width in whole pixels of the screen. */
  place(row, scale) {
    const [from, to] = [this.left(row), this.right(row)].map((x) => Math.round(x * scale));
    const room = to - from - (to - from > 3 * scale ? Math.round(scale) : 0);
    const width = Math.round(Math.max(scale, Math.min(room, WIDEST * scale)));
    return [from + Math.max(0, Math.floor((to - from - width) / 2)), width];
  }

  /** The colour of a variable as a canvas understands it, mixed colours too. */
  tint(name) {
    this.swatch.style.color = `var(${name})`;
    return getComputedStyle(this.swatch).color;
  }
}
