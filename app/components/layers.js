// How the four layers are drawn. Joined in front of player.js; no build step.

const TYPES = { "|u1": Uint8Array, "<i2": Int16Array, "<i4": Int32Array, "<f4": Float32Array };
const FEW = 12; // candidates on the stage at once

/** Bytes behind a JSON head: its length in four bytes, the head, the rest. */
function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), bytes.subarray(4 + length)];
}

/** Read a film: a head, the arrays that it lists, then a picture or what is imagined. */
function unpack(bytes) {
  const [film, body] = split(bytes);
  const parts = {};
  let at = 0;
  for (const [name, type, shape] of film.parts) {
    const count = shape.reduce((a, b) => a * b, 1);
    const size = count * TYPES[type].BYTES_PER_ELEMENT;
    parts[name] = new TYPES[type](body.slice(at, at + size).buffer); // a copy, as typed arrays must lie aligned
    at += size;
  }
  film.behind = body.subarray(at);
  const windows = film.slots.length;
  const cut = (part, unit) => (n, w) => part.subarray((n * windows + w) * unit, (n * windows + w + 1) * unit);
  film.before = cut(parts.before, film.dim);
  film.after = cut(parts.after, film.dim);
  film.h = cut(parts.h, film.context);
  film.way = cut(parts.way, 4); // x, y before the write back, x, y after it
  film.place = (item) => [parts.places[2 * item], parts.places[2 * item + 1]];
  film.items = film.items.map(([label, group, block, id]) => ({ label, group, block, id }));
  film.chosen = (n, w) => parts.chosen[n * windows + w];
  film.logZ = (n, w) => parts.log_z[n * windows + w];
  const candidates = cut(parts.candidates, parts.candidates.length / parts.chosen.length);
  const logP = cut(parts.log_p, parts.log_p.length / parts.chosen.length);
  /** The candidates of a window, best first: [item, probability, score n]. */
  const known = new Map(); // every view of a step asks for the same rows
  film.rows = (n, w) => {
    const key = n * windows + w;
    if (known.has(key)) return known.get(key);
    const [items, logs] = [candidates(n, w), logP(n, w)];
    const rows = [];
    for (let i = 0; i < items.length && items[i] >= 0; i++)
      rows.push([items[i], Math.exp(logs[i]), film.temperature * (logs[i] + film.logZ(n, w))]);
    known.set(key, rows);
    return rows;
  };
  const row = new Map([...parts.of].map((item, i) => [item, i]));
  /** The embedding a_k of an item, or null where the film did not bring it. */
  film.embedding = (item) => {
    if (!row.has(item)) return null;
    const from = row.get(item) * film.dim;
    return Float32Array.from(parts.a.subarray(from, from + film.dim), (v) => (v * film.scale) / 32767);
  };
  film.offset = (item) => parts.a0[item];
  const [low, high] = film.gamma_range;
  /** gamma - c of a window as it is read. */
  film.input = (n, w) => Float32Array.from(film.before(n, w), (v) => low + (v / 255) * (high - low) - film.centre);
  return film;
}

/** A probability in two digits that never claims more certainty than there is; the same rule as in film.py. */
const chance = (p) => (p > 0.995 ? ">0.99" : p < 0.005 ? "<0.01" : p.toFixed(2));

/** A number with its sign, as a sum is written. */
const signed = (v, digits = 2) => `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(digits)}`;

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
  constructor(list, pick) {
    this.list = list;
    this.pick = pick; // called with the item of a row that is clicked
    this.pinned = new Set(); // labels stay pinned when another film is shown
    this.search = "";
  }

  reserve(count) {
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
  show(film, rows, slot, { chosen, asked, given, resting }) {
    this.list.classList.toggle("resting", resting || !rows.length);
    this.list.dataset.slot = slot ?? "";
    const staged = this.staged(film, rows, chosen);
    [...this.list.children].forEach((row, i) => {
      const button = row.firstChild;
      const [mark, name, bar, share, kind] = button.children;
      const there = i < staged.length;
      const [item, p] = there ? staged[i] : [-1, 0];
      const { label, group } = there ? film.items[item] : { label: "", group: "" };
      const taken = there && item === chosen;
      row.item = item;
      row.className = [there ? "" : "empty", taken ? "taken" : "", there && item === asked ? "asked" : ""].join(" ").trim();
      row.ariaHidden = String(!there);
      button.disabled = !there;
      if (there) button.ariaPressed = String(item === asked);
      else button.ariaPressed = null;
      row.dataset.kind = group;
      mark.textContent = taken ? "◆" : there && this.pinned.has(label) ? "●" : "";
      name.textContent = name.title = label;
      share.textContent = there ? chance(p) : "";
      kind.textContent = taken ? (given ? "given" : "taken") : group;
      bar.firstChild.style.transform = `scaleX(${p})`;
    });
    return staged;
  }
}

/** One statement as words: filled slots, the cue marked as given, open slots dashed. */
function statementRow(film, n, upTo) {
  const words = node("span", "words");
  for (const slot of ["subject", "predicate", "object"]) {
    const window = film.slots.indexOf(slot);
    const chosen = film.chosen(n, window);
    const given = film.given.includes(slot);
    const filled = given || window <= upTo;
    const word = node("span", filled ? `word ${slot}` : "word open", filled && chosen >= 0 ? film.items[chosen].label : slot);
    if (given) word.classList.add("given");
    words.append(word, " ");
  }
  return words;
}
