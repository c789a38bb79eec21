// Linked views: the same moment of the film in the knowledge graph, on the map, and in the course of time.

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A mark whose shape says its group, so that colour is never alone: circle entity, square class, diamond attribute. */
function mark(group, x, y, r) {
  if (group === "class") return drawn("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, rx: 1.5 });
  if (group === "attribute") return drawn("path", { d: `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}Z` });
  return drawn("circle", { cx: x, cy: y, r });
}

/** Labels that would overlap an earlier one are left out; where there is none the mark still has a tooltip. */
class Labels {
  constructor() {
    this.boxes = [];
  }

  fits(x, y, text, size) {
    const box = [x - text.length * size * 0.29, y - size, x + text.length * size * 0.29, y + size * 0.3];
    if (this.boxes.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) return false;
    this.boxes.push(box);
    return true;
  }
}

/** The statements around what the film speaks of, glowing with the activation of the moment. */
class Surroundings {
  constructor(root, pick) {
    this.svg = root.querySelector(".graph");
    this.note = root.querySelector(".around .note");
    this.reach = root.querySelector(".reach");
    this.pick = pick;
  }

  load(film) {
    this.film = film;
    const { nodes, edges, known } = film.graph;
    this.reach.textContent = `${nodes.length} concepts · ${edges.length} statements`;
    this.note.textContent = known
      ? "Thin lines: what the graph holds. Thick: what is recalled. The fuller a mark, the more probable its concept now."
      : "Lines: what is recalled; this brain's graph is not at hand. The fuller a mark, the more probable its concept now.";
  }

  /** `upTo` is the last window that was read in statement `n`; `wide` and `high` the room in pixels. */
  show(n, upTo) {
    const { film, svg } = this;
    const [wide, high] = [svg.clientWidth || 300, svg.clientHeight || 240];
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    const at = film.graph.nodes.map(([, x, y]) => [40 + x * (wide - 80), 26 + y * (high - 46)]);
    const now = new Map((upTo >= 0 ? film.rows(n, upTo) : []).map(([item, p]) => [item, p]));
    const spoken = new Map(film.slots.map((slot, w) => [w <= upTo ? film.chosen(n, w) : -1, slot]));
    const lines = film.graph.edges.map(([i, j, predicate, statement]) => {
      const whole = statement >= 0 && (statement < n || (statement === n && upTo === film.slots.length - 1));
      const kind = statement === n && whole ? "now" : whole ? "past" : "held";
      const line = drawn("line", { x1: at[i][0], y1: at[i][1], x2: at[j][0], y2: at[j][1], class: kind });
      const [s, p, o] = [film.graph.nodes[i][0], predicate, film.graph.nodes[j][0]].map((item) => film.items[item].label);
      line.append(drawn("title", {}, `${s} ${p} ${o}`));
      return line;
    });
    const labels = new Labels();
    const order = film.graph.nodes
      .map(([item], k) => [k, item, spoken.has(item) ? 2 : (now.get(item) ?? 0)])
      .sort((a, b) => b[2] - a[2]);
    const marks = order.map(([k, item, weight]) => {
      const { label, group } = film.items[item];
      const [x, y] = at[k];
      const p = Math.min(1, weight);
      const shape = mark(group, x, y, 4 + 6 * Math.sqrt(p));
      shape.style.fillOpacity = 0.15 + 0.85 * Math.sqrt(p);
      const whole = drawn("g", { class: `node ${spoken.has(item) ? "spoken" : ""}`, "data-kind": group }, shape);
      whole.append(drawn("title", {}, now.has(item) ? `${label} ${chance(now.get(item))}` : label));
      if (labels.fits(x, y - 12, label, weight >= 2 ? 12 : 11)) whole.append(drawn("text", { x, y: y - 11 - 3 * p }, label));
      whole.onclick = () => this.pick(item);
      return whole;
    });
    svg.replaceChildren(...lines, ...marks.reverse());
    const best = [...now].sort((a, b) => b[1] - a[1])[0];
    svg.ariaLabel = `${film.graph.nodes.length} concepts and the statements among them.${best ? ` Most active now: ${film.items[best[0]].label}.` : ""}`;
  }
}

/** The concepts on the plane on which they differ most, and the way of the blackboard through a statement. */
class Plane {
  constructor(root, pick) {
    this.svg = root.querySelector(".map");
    this.share = root.querySelector(".share");
    this.pick = pick;
  }

  load(film) {
    this.film = film;
    this.points = film.items.map((_, k) => k).filter((k) => film.items[k].block === "concept");
    const way = film.probability.flatMap((_, n) => film.slots.flatMap((_, w) => [...film.way(n, w)]));
    const xs = [...this.points.map((k) => film.place(k)[0]), ...way.filter((_, i) => i % 2 === 0)];
    const ys = [...this.points.map((k) => film.place(k)[1]), ...way.filter((_, i) => i % 2 === 1)];
    this.span = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    this.share.textContent = `${Math.round(100 * film.explained)} % of the differences`;
  }

  show(n, upTo, phase, window) {
    const { film, svg } = this;
    const [wide, high] = [svg.clientWidth || 300, svg.clientHeight || 240];
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    const [left, right, low, top] = this.span;
    const spot = ([x, y]) => [30 + ((x - left) / (right - left || 1)) * (wide - 60), high - 18 - ((y - low) / (top - low || 1)) * (high - 36)];
    const now = new Map((upTo >= 0 ? film.rows(n, upTo) : []).map(([item, p]) => [item, p]));
    const spoken = new Set(film.slots.map((_, w) => (w <= upTo ? film.chosen(n, w) : -1)));
    const labels = new Labels();
    const order = this.points.map((k) => [k, spoken.has(k) ? 2 : (now.get(k) ?? 0)]).sort((a, b) => b[1] - a[1]);
    const marks = order.map(([k, weight]) => {
      const { label, group } = film.items[k];
      const [x, y] = spot(film.place(k));
      const p = Math.min(1, weight);
      const shape = mark(group, x, y, 2.5 + 4.5 * Math.sqrt(p));
      shape.style.fillOpacity = 0.3 + 0.7 * Math.sqrt(p);
      const whole = drawn("g", { class: `node ${spoken.has(k) ? "spoken" : ""}`, "data-kind": group }, shape, drawn("title", {}, label));
      if (labels.fits(x, y - 6, label, 11) && labels.boxes.length < 24) whole.append(drawn("text", { x, y: y - 6 - 3 * p }, label));
      whole.onclick = () => this.pick(k);
      return whole;
    });
    const stops = [];
    for (let w = 0; w <= window; w++) {
      const [x0, y0, x1, y1] = film.way(n, w);
      if (w > 0 && (w < window || phase !== "evolve" || !film.sight)) stops.push([x0, y0]);
      if (w === 0 || w < window || phase === "write") stops.push([x1, y1]);
    }
    const line = stops.map(spot);
    const path = drawn("polyline", { points: line.map((xy) => xy.join()).join(" "), class: "way" });
    const here = drawn("circle", { cx: line.at(-1)[0], cy: line.at(-1)[1], r: 5, class: "here" });
    svg.replaceChildren(...marks.reverse(), path, here);
    svg.ariaLabel = `${this.points.length} concepts as points; the blackboard is at the end of a line of ${stops.length} stops.`;
  }
}

/** All states of the film side by side: the blackboard above, working memory below. */
class Course {
  constructor(root, seek) {
    this.root = root;
    this.rasters = [
      [root.querySelector(".boards"), ["--below", "--even", "--above"]],
      [root.querySelector(".contexts"), ["--even", "--weak", "--strong"]],
    ];
    for (const [canvas] of this.rasters)
      canvas.onclick = (event) => this.film && seek(this.frameAt(event.offsetX / canvas.clientWidth));
  }

  load(film, frames) {
    this.film = film;
    // A column a state: of every window before the write back, and after it where there is one.
    this.columns = frames.map((frame, cursor) => ({ ...frame, cursor })).filter(({ phase, window }) => phase === "open" || phase === "write" || phase === "read" || (phase === "sense" && window === 0));
    this.pictures = null;
  }

  refresh() {
    this.pictures = null;
    if (this.film && this.cursor !== undefined) this.show(this.cursor);
  }

  frameAt(share) {
    return this.columns[Math.min(this.columns.length - 1, Math.max(0, Math.floor(share * this.columns.length)))].cursor;
  }

  paint(canvas, names, board) {
    const { film } = this;
    const states = this.columns.map(({ statement: n, window: w, phase }) =>
      board ? (phase === "read" || phase === "sense" ? film.before(n, w) : film.after(n, w)) : film.h(n, w),
    );
    const units = states[0].length;
    const colours = ramp(canvas, ...names).map((colour) => colour.match(/\d+/g).map(Number));
    const image = new OffscreenCanvas(states.length, units);
    const pixels = new ImageData(states.length, units);
    states.forEach((state, x) => state.forEach((value, y) => pixels.data.set([...colours[value], 255], 4 * (y * states.length + x))));
    image.getContext("2d").putImageData(pixels, 0, 0);
    return image;
  }

  show(cursor) {
    this.cursor = cursor;
    if (!this.columns?.length) return;
    this.pictures ??= this.rasters.map(([canvas, names], i) => this.paint(canvas, names, i === 0));
    const column = Math.max(0, this.columns.findLastIndex((frame) => frame.cursor <= cursor));
    this.rasters.forEach(([canvas], i) => {
      const scale = devicePixelRatio || 1;
      const [wide, high] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
      if (!wide || !high) return;
      if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
      const pen = canvas.getContext("2d");
      pen.imageSmoothingEnabled = false;
      pen.drawImage(this.pictures[i], 0, 0, wide, high);
      const step = wide / this.columns.length;
      pen.lineWidth = 2 * scale;
      pen.strokeStyle = getComputedStyle(canvas).color;
      pen.strokeRect(column * step, scale, Math.max(step, 3 * scale), high - 2 * scale);
      const kind = i ? "working memory" : "the blackboard";
      canvas.ariaLabel = `${this.columns.length} states of ${kind} side by side; the film stands at number ${column + 1}.`;
    });
  }
}
