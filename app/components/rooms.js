// How much room each drawing has. To ask an element for its size in the middle of a change makes the browser lay out
// the page at once, and again after the next change: so sizes are kept, and an observer tells when one is different.

class Rooms {
  constructor() {
    this.sizes = new Map();
    this.watched = new Map(); // by element: what to do when its size has changed
    this.observer = new ResizeObserver((seen) => seen.forEach(({ target }) => this.measure(target)));
  }

  watch(element, changed) {
    this.watched.set(element, changed);
    this.observer.observe(element);
  }

  /** Width and height in pixels of the page. */
  of(element) {
    if (!this.sizes.has(element)) this.sizes.set(element, [element.clientWidth, element.clientHeight]);
    return this.sizes.get(element);
  }

  measure(element) {
    const before = this.sizes.get(element);
    this.sizes.delete(element);
    const [wide, high] = this.of(element);
    if (wide !== before?.[0] || high !== before?.[1]) this.watched.get(element)();
  }

  close() {
    this.observer.disconnect();
  }
}

/** Make a canvas as fine as the screen in the room that it has: its width and height in pixels of the screen. */
function fitted(canvas, [wide, high]) {
  const scale = devicePixelRatio || 1;
  const size = [Math.round(wide * scale), Math.round(high * scale)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  return size;
}
