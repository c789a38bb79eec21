// How the layers are drawn: blackboard and working memory as grids of cells, the concept index as bars.

const FEW = 12; // candidates on the stage at once

/** 256 colours from `low` over `middle` to `high`, each the name of a CSS colour variable; a colour as a canvas keeps it. */
function ramp(element, low, middle, high) {
  const style = getComputedStyle(element);
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const [a, b, c] = [low, middle, high].map((name) => {
    pen.fillStyle = style.getPropertyValue(name).trim() || "gray";
    pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
  });
  const rgba = new Uint8ClampedArray(4 * 256).fill(255);
  for (let i = 0; i < 256; i++) {
    const t = i / 127.5;
    const [from, to, share] = t < 1 ? [a, b, t] : [b, c, t - 1];
    for (let k = 0; k < 3; k++) rgba[4 * i + k] = Math.round(from[k] + (to[k] - from[k]) * share);
  }
  return new Uint32Array(rgba.buffer); // a pixel is then set by one number
}

/** A grid of cells on a canvas, one cell a unit, that glides from one state to the next. */
class Cells {
  constructor(canvas, colours, rooms, clock) {
    Object.assign(this, { canvas, names: colours, rooms, clock });
    this.shown = null; // what the eye sees now
    rooms.watch(canvas, () => this.refresh());
  }

  /** Repaint after a change of theme or size. */
  refresh() {
    this.colours = this.grid = null;
    if (this.shown) this.paint(this.shown);
  }

  show(values, milliseconds) {
    const from = this.shown;
    const alike = from?.length === values.length; // the same units: one state can become the other
    if (alike && values.every((v, i) => v === from[i])) return this.clock.stop(this);
    const between = (share) => Float32Array.from(from, (v, i) => v + (values[i] - v) * share);
    this.clock.ease(this, alike ? milliseconds : 0, (share) => this.paint(share < 1 ? between(share) : values));
  }

  /** Where the columns and rows of cells begin and end, in pixels of the screen, and the picture that they fill. */
  lay(count) {
    const [wide, high] = fitted(this.canvas, this.rooms.of(this.canvas));
    if (!wide || !high) return null;
    const scale = devicePixelRatio || 1;
    const columns = fitting(count, wide / high);
    const rows = Math.ceil(count / columns);
    const gap = Math.min(wide / columns, high / rows) > 5 * scale ? Math.round(scale) : 0;
    const edges = (parts, size) => Array.from({ length: parts }, (_, k) => [Math.round((k * size) / parts), Math.round(((k + 1) * size) / parts) - gap]);
    const image = new ImageData(wide, high);
    return { count, columns: edges(columns, wide), rows: edges(rows, high), image, pixels: new Uint32Array(image.data.buffer) };
  }

  paint(values) {
    this.shown = values;
    if (this.grid?.count !== values.length) this.grid = this.lay(values.length);
    if (!this.grid) return;
    this.colours ??= ramp(this.canvas, ...this.names);
    const { columns, rows, image, pixels } = this.grid;
    // One line of pixels for a row of cells, and copies of it: a few hundred cells are painted in a blink.
    rows.forEach(([top, bottom], r) => {
      const line = top * image.width;
      columns.forEach(([left, right], c) => {
        const unit = r * columns.length + c;
        if (unit < values.length) pixels.fill(this.colours[Math.round(values[unit])], line + left, line + right);
      });
      for (let y = top + 1; y < bottom; y++) pixels.copyWithin(y * image.width, line, line + image.width);
    });
    this.canvas.getContext("2d").putImageData(image, 0, 0);
  }
}

/** The number of columns that fills a box of the given aspect with the squarest cells and no ragged last row. */
function fitting(count, aspect) {
  const ideal = Math.sqrt(count * aspect);
  let best = 1;
  for (let columns = 1; columns <= count; columns++)
    if (count % columns === 0 && Math.abs(Math.log(columns / ideal)) < Math.abs(Math.log(best / ideal))) best = columns;
  return Math.abs(Math.log(best / ideal)) < 0.7 ? best : Math.round(ideal); // a prime count has no good divisor
}

/** The bars of the concept index: rows are made once and then only changed, so that they can glide. */
class Bars {
  constructor(list, pick, clock) {
    this.list = list;
    this.clock = clock;
    this.lengths = []; // of the bars, as the eye sees them now
    list.replaceChildren();
    this.pick = pick; // called with the item of a row that is clicked
    this.pinned = new Set(); // labels stay pinned when another film is shown
    this.search = "";
  }

  reserve(count) {
    this.list.parentElement.style.setProperty("--rows", count);
    while (this.list.children.length > count) this.list.lastChild.remove();
    while (this.list.children.length < count) {
      const row = node("li");
      const button = node("button");
      button.type = "button";
      button.append(node("b", "mark"), node("span", "name"), node("i", "bar"), node("span", "chance"), node("small", "kind"));
      button.children[0].ariaHidden = button.children[2].ariaHidden = "true";
      button.children[2].append(node("u"));
      button.onclick = () => row.item >= 0 && this.pick(row.item);
      row.append(button);
      this.list.append(row);
    }
  }

  /** Which of a window's candidates are on the stage: the best or those that are sought, with what is taken and pinned. */
  staged(film, rows, chosen) {
    const sought = this.search.trim().toLowerCase();
    const matching = sought ? rows.filter(([item]) => film.items[item].label.toLowerCase().includes(sought)) : rows;
    const kept = (item) => item === chosen || this.pinned.has(film.items[item].label);
    const best = matching.slice(0, this.list.children.length);
    if (sought) return best;
    const late = rows.slice(best.length).filter(([item]) => kept(item)).slice(0, best.length);
    const early = best.filter(([item]) => kept(item)).length;
    const free = Math.max(0, best.length - late.length - early);
    let spared = 0;
    return [...best.filter(([item]) => kept(item) || spared++ < free), ...late];
  }

  /** `given` says that the taken word was not the index's choice; `resting` that this is what was read before. */
  show(film, rows, slot, { chosen, asked, given, resting, glide }) {
    this.list.classList.toggle("resting", resting || !rows.length);
    set(this.list, { "data-slot": slot ?? "" });
    const staged = this.staged(film, rows, chosen);
    [...this.list.children].forEach((row, i) => {
      const button = row.firstChild;
      const [mark, name, , share, kind] = button.children;
      const there = i < staged.length;
      const [item, p] = there ? staged[i] : [-1, 0];
      const { label, group } = there ? film.items[item] : { label: "", group: "" };
      const taken = there && item === chosen;
      row.item = item;
      const is = [there ? "" : "empty", taken ? "taken" : "", there && item === asked ? "asked" : ""].join(" ").trim();
      set(row, { class: is, "aria-hidden": !there, "data-kind": group });
      button.disabled = !there;
      set(button, { "aria-pressed": there ? item === asked : null });
      write(mark, taken ? "◆" : there && this.pinned.has(label) ? "●" : "");
      write(name, label);
      set(name, { title: label });
      write(share, there ? chance(p) : "");
      write(kind, taken ? (given ? "given" : "taken") : group);
    });
    this.grow([...this.list.children].map((_, i) => (i < staged.length ? staged[i][1] : 0)), glide);
    return staged;
  }

  /** Let the bars glide to new lengths. */
  grow(lengths, milliseconds) {
    const from = lengths.map((_, i) => this.lengths[i] ?? 0);
    if (lengths.every((length, i) => length === from[i])) return this.clock.stop(this);
    const fills = [...this.list.querySelectorAll("u")];
    this.clock.ease(this, milliseconds, (share) => {
      this.lengths = lengths.map((length, i) => from[i] + (length - from[i]) * share);
      fills.forEach((fill, i) => (fill.style.transform = `scaleX(${this.lengths[i].toFixed(4)})`));
    });
  }
}
