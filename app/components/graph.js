// The statements around what the film speaks of, glowing with the activation of the moment.

class Surroundings {
  constructor(root, pick, rooms) {
    this.svg = root.querySelector(".graph");
    this.note = root.querySelector(".around .note");
    this.reach = root.querySelector(".reach");
    this.pick = pick;
    this.rooms = rooms;
    rooms.watch(this.svg, () => this.refresh());
  }

  load(film) {
    this.film = film;
    this.shown = null;
    const { nodes, edges, known } = film.graph;
    this.reach.textContent = `${nodes.length} concepts · ${edges.length} statements`;
    this.note.textContent = known
      ? "Thin lines: what the graph holds. Thick: what is recalled. The fuller a mark, the more probable its concept now."
      : "Lines: what is recalled; this brain's graph is not at hand. The fuller a mark, the more probable its concept now.";
    this.marks = nodes.map(([item]) => new Mark(film.items[item], () => this.pick(item)));
    this.lines = edges.map(([i, j, predicate]) => {
      const words = [nodes[i][0], predicate, nodes[j][0]].map((item) => film.items[item].label);
      return drawn("line", {}, drawn("title", {}, words.join(" ")));
    });
    this.ground = drawn("g", {}, ...this.marks.map(({ whole }) => whole).reverse());
    this.svg.replaceChildren(...this.lines, this.ground);
    this.spread();
  }

  /** Lay the marks and lines out in the room that there is. */
  spread() {
    const [wide, high] = this.rooms.of(this.svg).map((size, i) => size || [300, 240][i]);
    set(this.svg, { viewBox: `0 0 ${wide} ${high}` });
    this.at = this.film.graph.nodes.map(([, x, y]) => [40 + x * (wide - 80), 26 + y * (high - 46)]);
    this.film.graph.edges.forEach(([i, j], k) => set(this.lines[k], { x1: this.at[i][0], y1: this.at[i][1], x2: this.at[j][0], y2: this.at[j][1] }));
  }

  refresh() {
    if (!this.shown) return;
    this.spread();
    this.draw(...this.shown);
  }

  /** `upTo` is the last window that was read in statement `n`: only what is read changes the drawing. */
  show(n, upTo) {
    if (n === this.shown?.[0] && upTo === this.shown[1]) return;
    this.shown = [n, upTo];
    this.draw(n, upTo);
  }

  draw(n, upTo) {
    const { film, at, marks } = this;
    const { nodes, edges } = film.graph;
    const now = new Map((upTo >= 0 ? film.rows(n, upTo) : []).map(([item, p]) => [item, p]));
    const spoken = new Set(film.slots.map((_, w) => (w <= upTo ? film.chosen(n, w) : -1)));
    edges.forEach(([, , , statement], k) => {
      const whole = statement >= 0 && (statement < n || (statement === n && upTo === film.slots.length - 1));
      set(this.lines[k], { class: statement === n && whole ? "now" : whole ? "past" : "held" });
    });
    const labels = new Labels();
    const weights = nodes.map(([item]) => (spoken.has(item) ? 2 : (now.get(item) ?? 0)));
    const order = [...nodes.keys()].sort((a, b) => weights[b] - weights[a]);
    for (const k of order) {
      const [x, y] = at[k];
      const [item, p] = [nodes[k][0], Math.min(1, weights[k])];
      const { label } = film.items[item];
      marks[k].show(x, y, {
        radius: 4 + 6 * Math.sqrt(p),
        opacity: 0.15 + 0.85 * Math.sqrt(p),
        spoken: spoken.has(item),
        named: labels.fits(x, y - 12, label, spoken.has(item) ? 12 : 11),
        above: 11 + 3 * p,
        title: now.has(item) ? `${label} ${chance(now.get(item))}` : label,
      });
    }
    bringForward(this.ground, order.map((k) => marks[k]));
    const best = [...now].sort((a, b) => b[1] - a[1])[0];
    set(this.svg, { "aria-label": `${nodes.length} concepts and the statements among them.${best ? ` Most active now: ${film.items[best[0]].label}.` : ""}` });
  }
}
