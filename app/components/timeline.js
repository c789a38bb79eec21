// A timeline of moments: all of them as thin marks, those around the one that is pointed at larger, and a choice.
// Heights are square roots of probabilities, so that small ones are seen. Joined behind calendar.js and marks.js.

const timelines = new WeakMap();
const CELL = 46; // pixels of a moment in the lens, at least
const GLIDE_MS = 450;
const LEADERS = 5;

class Timeline {
  constructor(root) {
    this.root = root;
    const find = (this.find = (selector) => root.querySelector(selector));
    [this.all, this.near, this.flag] = [".all", ".near", ".flag"].map(find);
    this.marks = new Marks(find("canvas"), find(".lens"));
    this.listen();
  }

  listen() {
    const { all, near, marks } = this;
    const keys = {
      ArrowRight: () => this.at + 1,
      ArrowUp: () => this.at + 1,
      ArrowLeft: () => this.at - 1,
      ArrowDown: () => this.at - 1,
      PageUp: () => this.neighbour(1),
      PageDown: () => this.neighbour(-1),
      Home: () => 0,
      End: () => this.count - 1,
      Escape: () => this.told.chosen,
    };
    all.onkeydown = (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const chooses = event.key === "Enter" || event.key === " ";
      if (!chooses && !keys[event.key]) return;
      event.preventDefault();
      if (chooses) this.choose(this.at);
      else this.point(keys[event.key]());
    };
    all.onblur = () => this.rest();
    all.onpointermove = all.onpointerdown = (event) => this.point(marks.peak(event));
    all.onclick = (event) => {
      // A finger is wider than a moment: it points here, and chooses below.
      if (event.pointerType !== "touch") this.choose(marks.peak(event));
    };
    const within = (act) => (event) => {
      const cell = event.target.closest(".cell");
      if (cell) act(Number(cell.dataset.row));
    };
    near.onpointerover = within((row) => this.point(row, { stay: true }));
    near.onmousedown = (event) => event.preventDefault(); // what is pointed at stays while it is clicked
    near.onclick = within((row) => this.choose(row));
    this.root.onpointerleave = (event) => {
      if (event.pointerType !== "touch") this.rest();
    };
    this.sizes = new ResizeObserver(() => this.told && this.measure());
    this.sizes.observe(marks.canvas);
  }

  close() {
    this.marks.stop();
    this.sizes.disconnect();
  }

  load(bytes, send) {
    this.send = send;
    const before = this.told?.chosen;
    const told = (this.told = unpack(bytes));
    this.count = told.labels.length;
    this.calendar = new Calendar(told.times, told.learned);
    const pointed = this.at !== undefined && this.at !== before && this.at < this.count;
    if (!pointed) this.at = told.chosen;
    this.root.hidden = false;
    this.top = told.p.reduce((a, b) => Math.max(a, b), 0) || 1;
    this.sayAbout();
    this.listLeaders();
    this.measure();
    this.marks.glide(told.p.map((p) => Math.sqrt(p / this.top)), GLIDE_MS, () => this.draw());
  }

  sayAbout() {
    const { told } = this;
    const [full, half] = [this.top, this.top / 4].map(chance);
    this.find(".about").replaceChildren(node("b", "", told.name), `, ${told.means}`);
    this.find(".scale").textContent = `Square-root scale: full height ${full}, half height ${half}.`;
    this.all.setAttribute("aria-valuemax", this.count);
    const dial = this.find(".dial");
    dial.hidden = told.recency === null;
    const [remote, strip, recent] = dial.children;
    const share = Math.round(Math.min(1, Math.abs(told.recency) / 10) * 100);
    const end = `color-mix(in srgb, var(--moment) ${share}%, var(--even))`;
    strip.style.background = `linear-gradient(${told.recency < 0 ? 270 : 90}deg, var(--even), ${end})`;
    remote.className = told.recency < 0 ? "more" : "";
    recent.className = told.recency > 0 ? "more" : "";
  }

  /** The moments that come to mind most, as buttons: what the picture shows, in words. */
  listLeaders() {
    const { told } = this;
    this.find(".most").hidden = !told.most;
    if (!told.most) return;
    this.find(".most p").textContent = told.most;
    const list = this.find(".most ol");
    const best = leaders(told.p);
    while (list.children.length > best.length) list.lastChild.remove();
    while (list.children.length < best.length) {
      const button = node("button");
      button.type = "button";
      button.append(node("b"), node("span"));
      list.append(node("li"));
      list.lastChild.append(button);
    }
    best.forEach((row, n) => {
      const item = list.children[n];
      item.dataset.row = row;
      const [value, name] = item.firstChild.children;
      value.textContent = chance(told.p[row]);
      name.textContent = item.firstChild.title = told.labels[row];
      item.firstChild.onclick = () => this.choose(row);
    });
  }

  measure() {
    const { marks, told, calendar } = this;
    marks.measure(this.count, told.learned, calendar);
    this.cells = Math.min(this.count, Math.max(3, Math.floor(this.near.clientWidth / CELL)));
    this.find(".ticks").replaceChildren(
      ...calendar.labels(marks.wide).map(([row, text]) => {
        const label = node("span", "", text);
        label.style.left = `${marks.left(row)}px`;
        return label;
      }),
    );
    this.point(this.at);
  }

  choose(row) {
    this.told.chosen = row; // shown at once: the answer follows
    this.point(row);
    this.send(row);
  }

  /** Look at a moment; the lens moves along, unless it is there that one points. */
  point(row, { stay = false } = {}) {
    this.at = Math.max(0, Math.min(this.count - 1, row));
    if (!stay) this.from = Math.max(0, Math.min(this.count - this.cells, this.at - (this.cells >> 1)));
    this.show();
  }

  rest() {
    this.point(this.told.chosen);
  }

  /** The first moment of the next day, or of the one before. */
  neighbour(step) {
    const day = (row) => this.calendar.when[row]?.date ?? Math.floor(row / 10);
    let row = this.at + step;
    while (row > 0 && row < this.count - 1 && day(row) === day(this.at)) row += step;
    if (step < 0) while (row > 0 && day(row - 1) === day(row)) row -= 1;
    return row;
  }

  show() {
    const { told, at, marks } = this;
    this.fillCells();
    this.draw();
    const [mark, name, value] = this.flag.children;
    const chosen = at === told.chosen;
    mark.textContent = chosen ? "◆" : "";
    name.textContent = told.labels[at];
    value.textContent = told.p[at] > 0 ? chance(told.p[at]) : ""; // a moment is not among those that it could be like
    const width = marks.canvas.clientWidth;
    const x = (marks.left(at) + marks.right(at) - this.flag.offsetWidth) / 2;
    this.flag.style.transform = `translateX(${Math.max(0, Math.min(width - this.flag.offsetWidth, x))}px)`;
    const said = [`${told.labels[at]}, ${told.name} ${chance(told.p[at])}, moment ${at + 1} of ${this.count}`];
    if (at >= told.learned) said.push("lived in this visit");
    if (chosen) said.push("relived below");
    this.all.setAttribute("aria-valuenow", at + 1);
    this.all.setAttribute("aria-valuetext", said.join(", "));
    for (const item of this.find(".most ol").children)
      item.ariaCurrent = Number(item.dataset.row) === told.chosen ? "true" : null;
    const [from, to] = [marks.left(this.from), marks.right(this.from + this.cells - 1)].map((x) => x / Math.max(1, width));
    this.find(".lens path").setAttribute("d", `M${from} 0H${to}L1 1H0Z`);
  }

  fillCells() {
    const { near, told, calendar } = this;
    while (near.children.length > this.cells) near.lastChild.remove();
    while (near.children.length < this.cells) {
      const bar = node("i");
      bar.append(node("u"));
      near.append(node("div"));
      near.lastChild.append(node("b", "day"), bar, node("span", "when"));
    }
    [...near.children].forEach((cell, n) => {
      const row = this.from + n;
      const lived = row >= told.learned;
      const is = { new: row === told.learned, at: row === this.at, chosen: row === told.chosen };
      cell.className = ["cell", ...Object.keys(is).filter((name) => is[name])].join(" ");
      cell.dataset.row = row;
      cell.title = told.labels[row];
      const turns = n === 0 || calendar.when[row].date !== calendar.when[row - 1].date;
      cell.firstChild.textContent = turns && !lived ? calendar.heading(row) : "";
      cell.lastChild.textContent = lived ? "new" : calendar.foot(row);
    });
  }

  /** What moves while heights glide. */
  draw() {
    const { marks, at, from } = this;
    if (!marks.heights) return;
    marks.paint({ first: from, last: from + this.cells - 1, at, chosen: this.told.chosen });
    for (const cell of this.near.children)
      cell.children[1].firstChild.style.transform = `scaleY(${marks.heights[Number(cell.dataset.row)]})`;
  }
}

/** A probability that never claims more certainty than there is, and still tells small ones apart. */
function chance(p) {
  if (p > 0.995) return ">0.99";
  if (p >= 0.01) return p.toFixed(p >= 0.1 ? 2 : 3);
  return p >= 0.0001 ? p.toFixed(4) : p > 0 ? "<0.0001" : "0";
}

/** The rows of the few largest probabilities, largest first. */
function leaders(p) {
  const best = [];
  p.forEach((value, row) => {
    if (value <= 0 || (best.length === LEADERS && value <= p[best.at(-1)])) return;
    const place = best.findIndex((other) => p[other] < value);
    best.splice(place < 0 ? best.length : place, 0, row);
    best.length = Math.min(best.length, LEADERS);
  });
  return best;
}

/** A JSON head behind its length, then one float32 a moment. */
function unpack(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  told.p = new Float32Array(bytes.slice(4 + length).buffer);
  return told;
}

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".timeline");
  let timeline = timelines.get(root);
  if (!timeline) timelines.set(root, (timeline = new Timeline(root)));
  timeline.load(data, (row) => setTriggerValue("chosen", row));
  // Streamlit may end an older call after a newer one has begun: only the newest may close the timeline.
  const call = (timeline.call = {});
  return () => {
    if (timeline.call !== call) return;
    timeline.close();
    timelines.delete(root);
  };
}
