// Compose a scene of sprites. The browser holds what stands there; the server hears of it when the visitor lets go.

const PAUSE_MS = 400; // after the last key or button, before the scene is sent
const HINT = "Drag with mouse or finger. Keys: arrows move, + and − change the size, F flips, T to the front, Delete removes.";
const composers = new WeakMap();

const listed = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const percent = (share) => `${Math.round(100 * share)} %`;
const rounded = (share) => Math.round(100 * share) / 100;
const within = (value, low, high) => Math.max(low, Math.min(high, value));

class Composer {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    [this.ground, this.picture, this.chosenName] = [".ground", ".place", ".tools .chosen"].map(find);
    [this.where, this.cast, this.told] = [".where", ".cast", ".told"].map(find);
    this.wardrobe = new Wardrobe(root, (sprite, byPointer) => this.put(sprite, byPointer), (words) => this.tell(words));
    this.figures = new Figures(this.ground, this);
    this.things = []; // from the hindmost to the foremost
    const act = {
      smaller: (thing) => this.grow(thing, -GROWTH),
      larger: (thing) => this.grow(thing, GROWTH),
      flip: (thing) => this.flip(thing),
      front: (thing) => this.bringToFront(thing),
      remove: (thing) => this.remove(thing),
    };
    this.tools = [...root.querySelectorAll("[data-do]")];
    this.tools.forEach((button) => (button.onclick = () => this.chosen && act[button.dataset.do](this.chosen)));
    this.where.onchange = () => {
      this.place = this.where.value;
      this.show();
      this.send();
    };
  }

  close() {
    clearTimeout(this.timer);
    this.wardrobe.close();
  }

  load(bytes) {
    const [head, images] = split(bytes);
    if (!this.wardrobe.sprites) {
      [this.most, this.lengths] = [head.most, head.lengths];
      this.wardrobe.load(head.sprites, head.places, images);
      this.where.replaceChildren(...head.places.map((place) => new Option(place.label, place.name)));
    }
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

  thing(name) {
    return this.things.find((one) => one.name === name);
  }

  put(sprite, byPointer) {
    const there = this.thing(sprite.name);
    if (!there && this.things.length >= this.most)
      return this.tell(`A scene holds ${this.most} things: remove one before you put ${sprite.label} into it.`);
    const thing = there ?? this.entering(sprite);
    if (!there) this.things.push(thing);
    this.choose(thing);
    this.figures.buttons.get(thing.name).focus({ preventScroll: byPointer });
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
    const { size, pixels } = this.wardrobe.sprites.get(thing.name);
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

  /** A thing under a pointer: only it is shown anew, and nothing is said before it is let go. */
  drag(thing, x, y) {
    this.figures.stand(this.moved(Object.assign(thing, { x, y })), this.things.indexOf(thing), thing === this.chosen);
  }

  letGo(thing) {
    this.tell(this.position(thing));
    this.send();
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
    const { buttons } = this.figures;
    const next = this.things[this.things.indexOf(thing) + 1] ?? this.things.at(-2);
    const focused = this.root.getRootNode().activeElement === buttons.get(thing.name);
    this.things = this.things.filter((other) => other !== thing);
    this.choose(next ?? null);
    if (focused) (buttons.get(next?.name) ?? this.wardrobe.search).focus({ preventScroll: true });
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
    return this.wardrobe.sprites.get(thing.name).label;
  }

  position(thing) {
    const foot = `${percent(thing.x)} from the left and ${percent(thing.y)} from the top`;
    return `${this.label(thing)} stands ${foot}, ${percent(thing.length)} long.`;
  }

  tell(words) {
    this.told.textContent = words;
  }

  show() {
    const { things, chosen, picture } = this;
    this.figures.show(things, chosen);
    const place = this.wardrobe.places.get(this.place);
    if (picture.dataset.place !== place.name) picture.src = place.url;
    picture.dataset.place = this.where.value = place.name;
    const names = things.map((thing) => this.label(thing));
    const scene = `${names.length ? listed(names) : "Nobody"} in ${place.label}`;
    this.cast.textContent = scene;
    this.ground.ariaLabel = `The scene: ${scene}`;
    this.chosenName.textContent = chosen ? this.label(chosen) : "Nothing chosen";
    this.chosenName.classList.toggle("nobody", !chosen);
    this.tools.forEach((button) => (button.disabled = !chosen));
    this.wardrobe.mark(new Set(things.map(({ name }) => name)), things.length >= this.most);
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
