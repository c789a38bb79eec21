// What the graph and the map are drawn of: marks of concepts with their names. A mark is made once and then only
// changed, for to draw hundreds of them anew takes longer than a frame may last.

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The shape of a mark says its group, so that colour is never alone: circle entity, square class, diamond attribute. */
const SHAPES = { class: "rect", attribute: "path" };
const OUTLINES = {
  circle: (x, y, r) => ({ cx: x, cy: y, r }),
  rect: (x, y, r) => ({ x: x - r, y: y - r, width: 2 * r, height: 2 * r, rx: 1.5 }),
  path: (x, y, r) => ({ d: `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}Z` }),
};

/** A concept in a drawing. */
class Mark {
  constructor({ label, group }, pick) {
    this.label = label;
    this.shape = drawn(SHAPES[group] ?? "circle", {});
    this.title = drawn("title", {}, label);
    this.name = drawn("text", {}, label);
    this.whole = drawn("g", { class: "node", "data-kind": group }, this.shape, this.title);
    this.whole.onclick = pick;
  }

  /** Radius and opacity of the mark at x and y; its name stands `above` it if there is room for it; `title` is its tooltip. */
  show(x, y, { radius, opacity, spoken, named, above, title = this.label }) {
    const look = [x, y, radius.toFixed(1), opacity.toFixed(2)].join(); // to ask the page for what it shows would take longer
    if (look !== this.look) {
      set(this.shape, OUTLINES[this.shape.tagName](x, y, Number(radius.toFixed(1))));
      set(this.shape, { "fill-opacity": opacity.toFixed(2) });
      this.look = look;
    }
    if (spoken !== this.spoken) set(this.whole, { class: spoken ? "node spoken" : "node" });
    if (title !== this.told) write(this.title, title);
    [this.spoken, this.told] = [spoken, title];
    if (named) set(this.name, { x, y: (y - above).toFixed(1) });
    if (named && !this.name.parentNode) this.whole.append(this.name);
    if (!named && this.name.parentNode) this.name.remove();
  }
}

/** Bring marks to the front, the first of them foremost, without touching those that are there. */
function bringForward(ground, marks) {
  let before = null;
  for (const { whole } of marks) {
    if (whole.nextSibling !== before) ground.insertBefore(whole, before);
    before = whole;
  }
}

/** Names that would overlap an earlier one are left out; where there is none the mark still has a tooltip. */
class Labels {
  constructor(most = Infinity) {
    this.most = most;
    this.boxes = [];
  }

  fits(x, y, text, size) {
    if (this.boxes.length === this.most) return false;
    const box = [x - text.length * size * 0.29, y - size, x + text.length * size * 0.29, y + size * 0.3];
    if (this.boxes.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) return false;
    this.boxes.push(box);
    return true;
  }
}
