// The wardrobe: all sprites and places that can be put into a scene, and the list in which one is found and taken.

class Wardrobe {
  /** `put` is called with a sprite that is taken, and whether a pointer took it; `tell` with what is to be said. */
  constructor(root, put, tell) {
    [this.search, this.groups] = [".search", ".groups"].map((selector) => root.querySelector(selector));
    Object.assign(this, { put, tell });
    this.search.oninput = () => this.filter();
    this.search.onkeydown = (event) => {
      if (event.key === "Enter") this.visible()[0]?.click();
      else if (event.key === "ArrowDown") this.visible()[0]?.focus();
      else return;
      event.preventDefault();
    };
    this.groups.onkeydown = (event) => {
      const all = this.visible();
      const here = all.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = step ? all[here + step] : { Home: all[0], End: all.at(-1) }[event.key];
      if (here < 0 || !(step || next)) return;
      event.preventDefault();
      (next ?? this.search).focus();
    };
  }

  /** Hang up all images, once: `bytes` are theirs, one behind the other. */
  load(sprites, places, bytes) {
    let at = 0;
    for (const one of [...sprites, ...places]) {
      one.url = URL.createObjectURL(new Blob([bytes.subarray(at, at + one.content)], { type: "image/webp" }));
      at += one.content;
    }
    this.sprites = new Map(sprites.map((sprite) => [sprite.name, sprite]));
    this.places = new Map(places.map((place) => [place.name, place]));
    const groups = Map.groupBy(sprites, (sprite) => sprite.group);
    this.groups.replaceChildren(
      ...[...groups].map(([group, members]) => {
        const part = node("div");
        Object.assign(part, { role: "group", ariaLabel: group });
        const list = node("ul");
        list.append(...members.map((sprite) => this.offer(sprite)));
        part.append(node("h4", "", group), list);
        return part;
      }),
    );
    this.buttons = [...this.groups.querySelectorAll(".sprite")];
    this.filter();
  }

  close() {
    [...(this.sprites?.values() ?? []), ...(this.places?.values() ?? [])].forEach((one) => URL.revokeObjectURL(one.url));
  }

  /** The entry of a sprite in the list. */
  offer(sprite) {
    const [entry, button, image] = [node("li"), node("button", "sprite"), node("img")];
    Object.assign(image, { src: sprite.url, alt: "", draggable: false });
    Object.assign(button, { type: "button", title: `${sprite.label} · ${sprite.kind}` });
    button.dataset.name = sprite.name;
    button.dataset.words = `${sprite.label} ${sprite.kind} ${sprite.group}`.toLowerCase();
    button.onclick = (event) => this.put(sprite, event.detail > 0);
    button.onfocus = () => this.rove(button);
    button.append(image, node("span", "", sprite.label));
    entry.append(button);
    return entry;
  }

  visible() {
    return this.buttons.filter((button) => !button.parentElement.hidden);
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/);
    for (const button of this.buttons) button.parentElement.hidden = !words.every((word) => button.dataset.words.includes(word));
    for (const part of this.groups.children) part.hidden = !part.querySelector("li:not([hidden])");
    const found = this.visible();
    this.rove(found[0]);
    if (this.search.value) this.tell(found.length ? `${found.length} found; Enter takes ${found[0].innerText}.` : "Nobody is called so.");
  }

  /** Only one entry of the list is a stop of the Tab key; the arrow keys lead to the others. */
  rove(button) {
    this.buttons.forEach((other) => (other.tabIndex = other === button ? 0 : -1));
  }

  /** Go to the entry of a sprite, or to the search where it is not to be seen. */
  focus(name) {
    (this.visible().find((button) => button.dataset.name === name) ?? this.search).focus();
  }

  /** Tell apart what stands in the scene already; a `full` one takes no others. */
  mark(there, full) {
    this.groups.classList.toggle("full", full);
    for (const button of this.buttons) {
      const { name } = button.dataset;
      const { label } = this.sprites.get(name);
      button.classList.toggle("there", there.has(name));
      button.ariaLabel = there.has(name) ? `${label}, in the scene: go there` : `Put ${label} into the scene`;
    }
  }
}
