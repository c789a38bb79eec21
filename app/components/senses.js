// The sensory buffer. In perception it is open and shows the picture, where the eye looks, and what it takes from
// there; in memory it is closed, and shows at most what the brain imagines. Joined behind writing.js; no build step.

class Senses {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(`.sensory ${selector}`);
    [this.picture, this.scene, this.gaze, this.regions] = [".picture", ".scene", ".gaze", ".regions"].map(find);
    [this.glimpse, this.taken, this.gate] = [".glimpse", ".taken", ".gate"].map(find);
    [this.vision, this.patch, this.thought] = [".vision", ".patch", ".thought"].map(find);
    this.picture.onload = () => this.draw();
  }

  load(film) {
    this.film = film;
    this.box = null; // where the eye looks
    this.root.classList.toggle("seeing", Boolean(film.sight));
    this.gate.textContent = film.sight ? "open, µ = 1" : "µ = 0";
    this.vision.hidden = true;
    this.imagined = -1; // whose patch is shown
    if (!film.sight) return;
    const { boxes, picture } = film.sight;
    if (picture.size) {
      const shape = picture.size[0] / picture.size[1];
      Object.assign(this.scene.style, { aspectRatio: shape, maxWidth: `${22 * shape}rem` });
      const old = this.address;
      this.address = URL.createObjectURL(new Blob([film.behind], { type: picture.media }));
      this.picture.src = this.address; // the browser keeps the old picture until the new one is decoded
      if (old) URL.revokeObjectURL(old);
    }
    this.regions.replaceChildren(
      ...boxes.map((box, number) => {
        const region = node("div", "region");
        place(region, box);
        region.dataset.number = number;
        region.append(node("span", "tag", number));
        return region;
      }),
    );
  }

  close() {
    if (this.address) URL.revokeObjectURL(this.address);
  }

  /** Follow the film: `upTo` is the last window whose word has been read. */
  show(n, window, phase, upTo) {
    if (!this.film.sight) return this.imagine(n, upTo);
    const { boxes, regions } = this.film.sight;
    const looks = phase === "evolve" ? window - 1 : window; // the eye moves when it senses, not before
    const [i, j] = regions[n];
    const before = this.box;
    this.box = looks < 1 ? boxes[0] : looks === 1 ? boxes[i] : looks === 2 ? boxes[j] : union(boxes[i], boxes[j]);
    place(this.gaze, this.box);
    const where = this.where(looks, i, j);
    this.scene.ariaLabel = `A picture with ${boxes.length - 1} regions. The eye looks at ${where}.`;
    this.taken.replaceChildren("what the eye takes of ", node("strong", "", where));
    [...this.regions.children].forEach((region, number) => {
      const roles = [looks > 0 && number === i && "subject", looks > 1 && number === j && "object"].filter(Boolean);
      region.className = ["region", ...roles, number ? "" : "whole"].join(" ");
      const said = roles.includes("subject") && upTo > 0 ? 1 : roles.includes("object") && i !== j && upTo > 1 ? 2 : 0;
      const letters = roles.map((role) => role[0].toUpperCase()).join(" ");
      region.firstChild.replaceChildren(node("b", "", letters || number), ...(said ? [` ${this.word(n, said)}`] : []));
    });
    if (before?.join() !== this.box.join()) this.draw(); // to make a large picture small takes a while
  }

  /** What the eye looks at in a window, in words. */
  where(window, i, j) {
    if (window < 1 || (window === 2 && j === 0)) return "the whole picture";
    if (window === 1 || i === j) return `region ${i}`;
    if (window === 2) return `region ${j}`;
    return j === 0 ? `region ${i} in the picture` : `regions ${i} and ${j}`;
  }

  word(n, window) {
    const chosen = this.film.chosen(n, window);
    return chosen < 0 ? "" : this.film.items[chosen].label;
  }

  /** What the eye takes: the box of the picture in the few pixels in which the brain looks at every region. */
  draw() {
    const { naturalWidth: wide, naturalHeight: high } = this.picture;
    if (!wide || !this.box || !this.film.sight) return;
    const side = this.film.sight.glimpse;
    const [left, top, right, bottom] = this.box;
    if (this.glimpse.width !== side) this.glimpse.width = this.glimpse.height = side;
    const pen = this.glimpse.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.picture, left * wide, top * high, (right - left) * wide, (bottom - top) * high, 0, 0, side, side);
    this.glimpse.dataset.box = this.box.join();
  }

  /** In memory: what the senses would deliver for the thing last spoken of, where the film brought it along. */
  imagine(n, upTo) {
    const { imagined, slots, items, behind } = this.film;
    const spoken = slots.findLastIndex((slot, w) => w <= upTo && (slot === "subject" || slot === "object") && imagined?.of.includes(this.film.chosen(n, w)));
    this.vision.hidden = spoken < 0;
    if (spoken < 0) return;
    const chosen = this.film.chosen(n, spoken);
    if (this.imagined === chosen) return;
    this.imagined = chosen;
    const [side, number] = [imagined.side, imagined.of.indexOf(chosen)];
    const pixels = new ImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      const at = (number * side * side + i) * 3;
      pixels.data.set([behind[at], behind[at + 1], behind[at + 2], 255], 4 * i);
    }
    if (this.patch.width !== side) this.patch.width = this.patch.height = side;
    this.patch.getContext("2d").putImageData(pixels, 0, 0);
    this.thought.replaceChildren("imagined, g", node("sup", "", "+"), ": ", node("strong", "", items[chosen].label));
  }
}

const union = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];

/** Lay an element over a part of the picture, given as shares: left, top, right, bottom. */
function place(element, [left, top, right, bottom]) {
  const percent = (share) => `${(100 * share).toFixed(2)}%`;
  Object.assign(element.style, { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) });
}
