// Compose a scene of sprites. The browser holds what stands there; the server hears of it when the visitor lets go.

const PAUSE_MS = 400; // after the last key or button, before the scene is sent
const STEP = 0.01;
const FAR = 0.05;
const GROWTH = 0.02;
const SHADOW = 0.72; // whoever stands lower than this, stands on the ground
const HINT = "Drag with mouse or finger. Keys: arrows move, + and − change the size, F flips, T to the front, Delete removes.";
const composers = new WeakMap();

function node(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The JSON head behind its length. */
function headOf(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), 4 + length];
}

const listed = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const percent = (share) => `${Math.round(100 * share)} %`;
const rounded = (share) => Math.round(100 * share) / 100;
const within = (value, low, high) => Math.max(low, Math.min(high, value));

class Composer {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    [this.ground, this.picture, this.chosenName] = [".ground", ".place", ".tools .chosen"].map(find);
    [this.where, this.search, this.groups] = [".where", ".search", ".groups"].map(find);
    [this.cast, this.told] = [".cast", ".told"].map(find);
    this.things = []; // from the hindmost to the foremost
    this.buttons = new Map(); // of what stands in the scene
    this.listen();
  }

  listen() {
    const act = {
      smaller: (thing) => this.grow(thing, -GROWTH),
      larger: (thing) => this.grow(thing, GROWTH),
      flip: (thing) => this.flip(thing),
      front: (thing) => this.bringToFront(thing),
      remove: (thing) => this.remove(thing),
    };
    this.tools = [...this.root.querySelectorAll("[data-do]")];
    this.tools.forEach((button) => (button.onclick = () => this.chosen && act[button.dataset.do](this.chosen)));
    this.where.onchange = () => {
      this.place = this.where.value;
      this.show();
      this.send();
    };
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

  close() {
    clearTimeout(this.timer);
    [...(this.sprites?.values() ?? []), ...(this.places?.values() ?? [])].forEach((one) => URL.revokeObjectURL(one.url));
  }

  load(bytes) {
    const [head, behind] = headOf(bytes);
    if (!this.sprites) this.dress(head, bytes, behind);
    if (this.number === head.opening.number) return; // what stands here is newer than what it opened with
    this.number = head.opening.number;
    clearTimeout(this.timer);
    this.place = head.opening.place;
    this.things = head.opening.placements.map((thing) => this.moved({ ...thing }));
    this.chosen = null;
    this.root.hidden = false;
    this.sent = this.said();
    this.show();
    this.tell(HINT);
  }

  /** Hang up the wardrobe: all images, once. */
  dress(head, bytes, behind) {
    for (const one of [...head.sprites, ...head.places]) {
      one.url = URL.createObjectURL(new Blob([bytes.subarray(behind, behind + one.content)], { type: "image/webp" }));
      behind += one.content;
    }
    [this.most, this.lengths] = [head.most, head.lengths];
    this.sprites = new Map(head.sprites.map((sprite) => [sprite.name, sprite]));
    this.places = new Map(head.places.map((place) => [place.name, place]));
    this.where.replaceChildren(...head.places.map((place) => new Option(place.label, place.name)));
    const groups = Map.groupBy(head.sprites, (sprite) => sprite.group);
    this.groups.replaceChildren(
      ...[...groups].map(([group, sprites]) => {
        const part = node("div");
        Object.assign(part, { role: "group", ariaLabel: group });
        const list = node("ul");
        list.append(...sprites.map((sprite) => this.offer(sprite)));
        part.append(node("h4", "", group), list);
        return part;
      }),
    );
    this.filter();
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
    return [...this.groups.querySelectorAll(".sprite")].filter((button) => !button.parentElement.hidden);
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/);
    for (const button of this.groups.querySelectorAll(".sprite"))
      button.parentElement.hidden = !words.every((word) => button.dataset.words.includes(word));
    for (const part of this.groups.children) part.hidden = !part.querySelector("li:not([hidden])");
    const found = this.visible();
    this.rove(found[0]);
    if (this.search.value) this.tell(found.length ? `${found.length} found; Enter takes ${found[0].innerText}.` : "Nobody is called so.");
  }

  /** Only one entry of the list is a stop of the Tab key; the arrow keys lead to the others. */
  rove(button) {
    this.groups.querySelectorAll(".sprite").forEach((other) => (other.tabIndex = other === button ? 0 : -1));
  }

  put(sprite, byPointer) {
    const there = this.things.find((thing) => thing.name === sprite.name);
    if (!there && this.things.length >= this.most)
      return this.tell(`A scene holds ${this.most} things: remove one before you put ${sprite.label} into it.`);
    const thing = there ?? this.entering(sprite);
    if (!there) this.things.push(thing);
    this.choose(thing);
    this.buttons.get(thing.name).focus({ preventScroll: byPointer });
    if (there) return;
    this.tell(`${sprite.label} stands in the scene: ${this.things.length} of ${this.most}.`);
    this.send();
  }

  /** A sprite in its natural size, where there is most room for it. */
  entering({ name, length }) {
    const room = ({ x }) => Math.min(...this.things.map((other) => Math.abs(other.x - x) - other.width / 2), 1);
    const ways = [0.5, 0.25, 0.75, 0.38, 0.62, 0.14, 0.86].map((x) => this.moved({ name, x, y: 0.9, length, flip: false }));
    return ways.reduce((best, way) => (room(way) > room(best) + 0.01 ? way : best));
  }

  /** A thing with its measures, moved into the picture. */
  moved(thing) {
    const { size, pixels } = this.sprites.get(thing.name);
    [thing.width, thing.height] = size.map((edge) => (edge / pixels) * thing.length);
    thing.x = within(thing.x, thing.width / 2, 1 - thing.width / 2);
    thing.y = within(thing.y, thing.height, 1);
    return thing;
  }

  grow(thing, by) {
    thing.length = within(rounded(thing.length + by), ...this.lengths);
    this.moved(thing);
    this.changed(thing);
  }

  nudge(thing, right, down) {
    thing.x += right;
    thing.y += down;
    this.moved(thing);
    this.changed(thing);
  }

  flip(thing) {
    thing.flip = !thing.flip;
    this.changed(thing, `${this.label(thing)} looks to the ${thing.flip ? "right" : "left"}.`);
  }

  bringToFront(thing) {
    this.things = [...this.things.filter((other) => other !== thing), thing];
    this.changed(thing, `${this.label(thing)} is in front of all.`);
  }

  remove(thing) {
    const next = this.things[this.things.indexOf(thing) + 1] ?? this.things.at(-2);
    const focused = this.root.getRootNode().activeElement === this.buttons.get(thing.name);
    this.things = this.things.filter((other) => other !== thing);
    this.choose(next ?? null);
    if (focused) (this.buttons.get(next?.name) ?? this.search).focus({ preventScroll: true });
    this.tell(`${this.label(thing)} was removed.`);
    this.sendSoon();
  }

  changed(thing, words) {
    this.choose(thing);
    this.tell(words ?? this.position(thing));
    this.sendSoon();
  }

  choose(thing) {
    this.chosen = thing;
    this.show();
  }

  label(thing) {
    return this.sprites.get(thing.name).label;
  }

  position(thing) {
    const foot = `${percent(thing.x)} from the left and ${percent(thing.y)} from the top`;
    return `${this.label(thing)} stands ${foot}, ${percent(thing.length)} long.`;
  }

  tell(words) {
    this.told.textContent = words;
  }

  show() {
    for (const [name, button] of this.buttons)
      if (!this.things.some((thing) => thing.name === name)) {
        button.remove();
        this.buttons.delete(name);
      }
    this.things.forEach((thing, depth) => this.stand(thing, depth));
    const place = this.places.get(this.place);
    if (this.picture.dataset.place !== place.name) this.picture.src = place.url;
    this.picture.dataset.place = this.where.value = place.name;
    const names = this.things.map((thing) => this.label(thing));
    const scene = `${names.length ? listed(names) : "Nobody"} in ${place.label}`;
    this.cast.textContent = scene;
    this.ground.ariaLabel = `The scene: ${scene}`;
    const [chosen, name] = [this.chosen, this.chosen ? this.label(this.chosen) : "Nothing chosen"];
    this.chosenName.textContent = name;
    this.chosenName.classList.toggle("nobody", !chosen);
    this.tools.forEach((button) => (button.disabled = !chosen));
    this.groups.classList.toggle("full", names.length >= this.most);
    for (const button of this.groups.querySelectorAll(".sprite")) {
      const there = this.buttons.has(button.dataset.name);
      button.classList.toggle("there", there);
      const label = this.sprites.get(button.dataset.name).label;
      button.ariaLabel = there ? `${label}, in the scene: go there` : `Put ${label} into the scene`;
    }
  }

  /** Show a thing where it stands. */
  stand(thing, depth) {
    const button = this.buttons.get(thing.name) ?? this.enter(thing);
    const share = (value) => `${(100 * value).toFixed(3)}%`;
    Object.assign(button.style, {
      left: share(thing.x - thing.width / 2),
      top: share(thing.y - thing.height),
      width: share(thing.width),
      height: share(thing.height),
      zIndex: depth + 1,
    });
    button.classList.toggle("flipped", thing.flip);
    button.classList.toggle("grounded", thing.y > SHADOW);
    button.classList.toggle("chosen", thing === this.chosen);
  }

  /** The button of a thing that is new in the scene. */
  enter({ name }) {
    const [button, image] = [node("button", "thing"), node("img")];
    Object.assign(image, { src: this.sprites.get(name).url, alt: "", draggable: false });
    Object.assign(button, { type: "button", ariaLabel: this.sprites.get(name).label });
    button.setAttribute("aria-describedby", "keys");
    button.append(image);
    const thing = () => this.things.find((one) => one.name === name);
    button.onfocus = () => this.choose(thing());
    button.onblur = () => this.send();
    button.onkeydown = (event) => this.press(thing(), event);
    button.onpointerdown = (event) => this.grab(thing(), button, event);
    this.buttons.set(name, button);
    this.ground.append(button);
    return button;
  }

  press(thing, event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const far = event.shiftKey ? FAR : STEP;
    const act = {
      ArrowLeft: () => this.nudge(thing, -far, 0),
      ArrowRight: () => this.nudge(thing, far, 0),
      ArrowUp: () => this.nudge(thing, 0, -far),
      ArrowDown: () => this.nudge(thing, 0, far),
      "+": () => this.grow(thing, GROWTH),
      "=": () => this.grow(thing, GROWTH),
      "-": () => this.grow(thing, -GROWTH),
      f: () => this.flip(thing),
      t: () => this.bringToFront(thing),
      Delete: () => this.remove(thing),
      Backspace: () => this.remove(thing),
      Escape: () => (this.visible().find((button) => button.dataset.name === thing.name) ?? this.search).focus(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  grab(thing, button, event) {
    if (event.button) return;
    const { left, top, width, height } = this.ground.getBoundingClientRect();
    const at = (moving) => [(moving.clientX - left) / width, (moving.clientY - top) / height];
    const [x, y] = at(event);
    const [dx, dy] = [thing.x - x, thing.y - y];
    button.focus({ preventScroll: true });
    button.setPointerCapture(event.pointerId);
    button.classList.add("held");
    button.onpointermove = (moving) => {
      const [right, down] = at(moving);
      this.stand(this.moved(Object.assign(thing, { x: right + dx, y: down + dy })), this.things.indexOf(thing));
    };
    button.onpointerup = button.onpointercancel = () => {
      button.onpointermove = button.onpointerup = button.onpointercancel = null;
      button.classList.remove("held");
      this.tell(this.position(thing));
      this.send();
    };
  }

  /** The scene as Python hears of it. */
  said() {
    const things = this.things.map(({ name, x, y, length, flip }) => ({ name, x: rounded(x), y: rounded(y), length: rounded(length), flip }));
    return JSON.stringify({ place: this.place, things });
  }

  send() {
    clearTimeout(this.timer);
    const said = this.said();
    if (said === this.sent) return;
    this.sent = said;
    this.report({ ...JSON.parse(said), at: Date.now() }); // never equal to an older report, which would not be heard
  }

  sendSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE_MS);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".composer");
  let composer = composers.get(root);
  if (!composer) composers.set(root, (composer = new Composer(root)));
  composer.report = (scene) => setStateValue("scene", scene);
  composer.load(data);
  // Streamlit may end an older call after a newer one has begun: only the newest may close the composer.
  const call = (composer.call = {});
  return () => {
    if (composer.call !== call) return;
    composer.close();
    composers.delete(root);
  };
}
