// The concepts on the plane on which they differ most, and the way of the blackboard through a statement.

const NAMES = 23; // names on the map at most

class Plane {
  constructor(root, pick, rooms) {
    this.svg = root.querySelector(".map");
    this.share = root.querySelector(".share");
    this.pick = pick;
    this.rooms = rooms;
    rooms.watch(this.svg, () => this.refresh());
  }

  load(film) {
    this.film = film;
    this.shown = null;
    this.points = film.items.map((_, k) => k).filter((k) => film.items[k].block === "concept");
    const way = film.probability.flatMap((_, n) => film.slots.flatMap((_, w) => [...film.way(n, w)]));
    const xs = [...this.points.map((k) => film.place(k)[0]), ...way.filter((_, i) => i % 2 === 0)];
    const ys = [...this.points.map((k) => film.place(k)[1]), ...way.filter((_, i) => i % 2 === 1)];
    this.span = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    this.share.textContent = `${Math.round(100 * film.explained)} % of the differences`;
    this.marks = this.points.map((k) => new Mark(film.items[k], () => this.pick(k)));
    this.ground = drawn("g", {}, ...this.marks.map(({ whole }) => whole).reverse());
    [this.way, this.here] = [drawn("polyline", { class: "way" }), drawn("circle", { r: 5, class: "here" })];
    this.svg.replaceChildren(this.ground, this.way, this.here);
    this.spread();
  }

  /** Lay the points out in the room that there is. */
  spread() {
    const [wide, high] = this.rooms.of(this.svg).map((size, i) => size || [300, 240][i]);
    set(this.svg, { viewBox: `0 0 ${wide} ${high}` });
    const [left, right, low, top] = this.span;
    this.spot = ([x, y]) => [30 + ((x - left) / (right - left || 1)) * (wide - 60), high - 18 - ((y - low) / (top - low || 1)) * (high - 36)];
    this.at = this.points.map((k) => this.spot(this.film.place(k)));
  }

  refresh() {
    if (!this.shown) return;
    const [n, upTo, phase, window] = this.shown;
    this.spread();
    this.showPoints(n, upTo);
    this.showWay(n, phase, window);
  }

  /** `upTo` is the last window that was read in statement `n`: only what is read changes the points. */
  show(n, upTo, phase, window) {
    if (n !== this.shown?.[0] || upTo !== this.shown[1]) this.showPoints(n, upTo);
    this.showWay(n, phase, window);
    this.shown = [n, upTo, phase, window];
  }

  showPoints(n, upTo) {
    const { film, points, at, marks } = this;
    const now = new Map((upTo >= 0 ? film.rows(n, upTo) : []).map(([item, p]) => [item, p]));
    const spoken = new Set(film.slots.map((_, w) => (w <= upTo ? film.chosen(n, w) : -1)));
    const labels = new Labels(NAMES);
    const weights = points.map((k) => (spoken.has(k) ? 2 : (now.get(k) ?? 0)));
    const order = [...points.keys()].sort((a, b) => weights[b] - weights[a]);
    for (const i of order) {
      const [[x, y], p] = [at[i], Math.min(1, weights[i])];
      marks[i].show(x, y, {
        radius: 2.5 + 4.5 * Math.sqrt(p),
        opacity: 0.3 + 0.7 * Math.sqrt(p),
        spoken: spoken.has(points[i]),
        named: labels.fits(x, y - 6, marks[i].label, 11),
        above: 6 + 3 * p,
      });
    }
    bringForward(this.ground, order.slice(0, 2 * NAMES).map((i) => marks[i]));
  }

  showWay(n, phase, window) {
    const { film, svg } = this;
    const stops = [];
    for (let w = 0; w <= window; w++) {
      const [x0, y0, x1, y1] = film.way(n, w);
      if (w > 0 && (w < window || phase !== "evolve" || !film.sight)) stops.push([x0, y0]);
      if (w === 0 || w < window || phase === "write") stops.push([x1, y1]);
    }
    const line = stops.map(this.spot);
    const [cx, cy] = line.at(-1);
    set(this.way, { points: line.map((xy) => xy.join()).join(" ") });
    set(this.here, { cx, cy });
    set(svg, { "aria-label": `${this.points.length} concepts as points; the blackboard is at the end of a line of ${stops.length} stops.` });
  }
}
