// All states of the film side by side: the blackboard above, working memory below.

class Course {
  constructor(root, seek, rooms) {
    this.rooms = rooms;
    this.rasters = [
      { canvas: root.querySelector(".boards"), names: ["--below", "--even", "--above"], kind: "the blackboard" },
      { canvas: root.querySelector(".contexts"), names: ["--even", "--weak", "--strong"], kind: "working memory" },
    ];
    for (const raster of this.rasters) {
      raster.canvas.onclick = (event) => this.film && seek(this.frameAt(event.offsetX / raster.canvas.clientWidth));
      rooms.watch(raster.canvas, () => this.draw(raster));
    }
  }

  load(film, frames) {
    this.film = film;
    // A column a state: of every window before the write back, and after it where there is one.
    this.columns = frames.map((frame, cursor) => ({ ...frame, cursor })).filter(({ phase, window }) => phase === "open" || phase === "write" || phase === "read" || (phase === "sense" && window === 0));
    this.column = -1;
    this.rasters.forEach((raster) => (raster.picture = null));
  }

  /** Repaint after a change of theme. */
  refresh() {
    for (const raster of this.rasters) {
      raster.picture = null;
      this.draw(raster);
    }
  }

  frameAt(share) {
    return this.columns[Math.min(this.columns.length - 1, Math.max(0, Math.floor(share * this.columns.length)))].cursor;
  }

  /** All states as a picture, a pixel a unit: painted once, and then only laid under the frame that moves. */
  paint({ canvas, names, kind }) {
    const { film } = this;
    const states = this.columns.map(({ statement: n, window: w, phase }) => {
      if (kind === "working memory") return film.h(n, w);
      return phase === "read" || phase === "sense" ? film.before(n, w) : film.after(n, w);
    });
    const [wide, high] = [states.length, states[0].length];
    const colours = ramp(canvas, ...names);
    const image = new ImageData(wide, high);
    const pixels = new Uint32Array(image.data.buffer);
    states.forEach((state, x) => state.forEach((value, y) => (pixels[y * wide + x] = colours[value])));
    const picture = new OffscreenCanvas(wide, high);
    picture.getContext("2d").putImageData(image, 0, 0);
    return picture;
  }

  show(cursor) {
    const column = Math.max(0, this.columns.findLastIndex((frame) => frame.cursor <= cursor));
    if (column === this.column) return;
    this.column = column;
    this.rasters.forEach((raster) => this.draw(raster));
  }

  draw(raster) {
    if (!this.columns?.length || this.column < 0) return;
    const { canvas, kind } = raster;
    const [wide, high] = fitted(canvas, this.rooms.of(canvas));
    if (!wide || !high) return;
    const fresh = !raster.picture;
    raster.picture ??= this.paint(raster);
    if (fresh) raster.ink = getComputedStyle(canvas).color;
    const scale = devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(raster.picture, 0, 0, wide, high);
    const step = wide / this.columns.length;
    pen.lineWidth = 2 * scale;
    pen.strokeStyle = raster.ink;
    pen.strokeRect(this.column * step, scale, Math.max(step, 3 * scale), high - 2 * scale);
    set(canvas, { "aria-label": `${this.columns.length} states of ${kind} side by side; the film stands at number ${this.column + 1}.` });
  }
}
