// How the four layers are drawn. Joined in front of player.js; no build step.

const SLOT_OF_GROUP = { predicate: "predicate", instant: "instant" };

/** Read a film: a JSON head behind its length, one byte a unit (gamma before, gamma after, h), then what else it brings. */
function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const film = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const windows = film.windows.length * film.slots.length;
  const cut = (start, unit) => (n, w) => {
    const from = start + (n * film.slots.length + w) * unit;
    return bytes.subarray(from, from + unit);
  };
  const first = 4 + length;
  film.before = cut(first, film.dim);
  film.after = cut(first + windows * film.dim, film.dim);
  film.h = cut(first + 2 * windows * film.dim, film.context);
  film.behind = bytes.subarray(first + windows * (2 * film.dim + film.context)); // a picture, or what is imagined
  return film;
}

/** A probability in two digits that never claims more certainty than there is; the same rule as in film.py. */
const chance = (p) => (p > 0.995 ? ">0.99" : p < 0.005 ? "<0.01" : p.toFixed(2));

/** 256 colours from `low` over `middle` to `high`, each the name of a CSS colour variable. */
function ramp(element, low, middle, high) {
  const style = getComputedStyle(element);
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const [a, b, c] = [low, middle, high].map((name) => {
    pen.fillStyle = style.getPropertyValue(name).trim() || "gray";
    pen.fillRect(0, 0, 1, 1);
    return pen.getImageData(0, 0, 1, 1).data;
  });
  return Array.from({ length: 256 }, (_, i) => {
    const t = i / 127.5;
    const [from, to, share] = t < 1 ? [a, b, t] : [b, c, t - 1];
    return `rgb(${[0, 1, 2].map((k) => Math.round(from[k] + (to[k] - from[k]) * share)).join(" ")})`;
  });
}

/** A grid of cells on a canvas, one cell a unit, that glides from one state to the next. */
class Cells {
  constructor(canvas, colours) {
    this.canvas = canvas;
    this.names = colours;
    this.shown = null; // what the eye sees now
    this.goal = null;
    this.run = 0;
  }

  /** Repaint after a change of theme or size. */
  refresh() {
    this.colours = ramp(this.canvas, ...this.names);
    if (this.goal) this.paint(this.shown ?? this.goal);
  }

  show(values, milliseconds) {
    const run = ++this.run;
    const from = this.shown && this.shown.length === values.length ? Float32Array.from(this.shown) : null;
    this.goal = values;
    if (!from || milliseconds <= 0) return this.paint(values);
    const begin = performance.now();
    const tick = (now) => {
      if (run !== this.run) return;
      const t = Math.min(1, Math.max(0, (now - begin) / milliseconds));
      const ease = t * t * (3 - 2 * t);
      this.paint(from.map((v, i) => v + (values[i] - v) * ease));
      if (t < 1) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  paint(values) {
    this.shown = values;
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (!wide || !high) return;
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    this.colours ??= ramp(canvas, ...this.names);
    const columns = fitting(values.length, wide / high);
    const [w, h] = [wide / columns, high / Math.ceil(values.length / columns)];
    const gap = Math.min(w, h) > 5 * scale ? Math.round(scale) : 0;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, wide, high);
    for (let i = 0; i < values.length; i++) {
      const [x, y] = [Math.round((i % columns) * w), Math.round(Math.floor(i / columns) * h)];
      pen.fillStyle = this.colours[Math.round(values[i])];
      pen.fillRect(x, y, Math.round(((i % columns) + 1) * w) - x - gap, Math.round((Math.floor(i / columns) + 1) * h) - y - gap);
    }
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

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The bars of the concept index: rows are made once and then only changed, so that they can glide. */
class Bars {
  constructor(list) {
    this.list = list;
  }

  reserve(count) {
    while (this.list.children.length > count) this.list.lastChild.remove();
    while (this.list.children.length < count) {
      const row = node("li");
      row.append(node("b", "mark"), node("span", "name"), node("i", "bar"), node("span", "chance"), node("small", "kind"));
      row.children[0].ariaHidden = row.children[2].ariaHidden = "true";
      row.children[2].append(node("u"));
      this.list.append(row);
    }
  }

  /** `given` says that the taken word was not the index's choice; `resting` that this is what was read before. */
  show(film, window, slot, { given, resting }) {
    const rows = window ? window.rows : [];
    this.list.classList.toggle("resting", resting || !window);
    this.list.dataset.slot = slot ?? "";
    [...this.list.children].forEach((row, i) => {
      const [mark, name, bar, share, kind] = row.children;
      const there = i < rows.length;
      const [label, p, group] = there ? rows[i] : ["", 0, ""];
      const taken = there && window.chosen === i;
      row.classList.toggle("empty", !there);
      row.ariaHidden = String(!there);
      row.classList.toggle("taken", taken);
      row.dataset.kind = group;
      mark.textContent = taken ? "◆" : "";
      name.textContent = name.title = there ? film.labels[label] : "";
      share.textContent = there ? chance(p) : "";
      kind.textContent = taken ? (given ? "given" : "taken") : group;
      bar.firstChild.style.transform = `scaleX(${p})`;
    });
  }
}

/** One statement as words: filled slots, the cue marked as given, open slots dashed. */
function statementRow(film, n, upTo) {
  const words = node("span", "words");
  for (const slot of ["subject", "predicate", "object"]) {
    const window = film.slots.indexOf(slot);
    const { rows, chosen } = film.windows[n][window];
    const given = film.given.includes(slot);
    const filled = given || window <= upTo;
    const word = node("span", filled ? `word ${slot}` : "word open", filled && chosen >= 0 ? film.labels[rows[chosen][0]] : slot);
    if (given) word.classList.add("given");
    words.append(word, " ");
  }
  return words;
}
