// The figures in a scene: every thing that stands there is a button, moved with keys, mouse or finger.

const STEP = 0.01;
const FAR = 0.05;
const GROWTH = 0.02;
const SHADOW = 0.72; // whoever stands lower than this, stands on the ground

class Figures {
  /** `composer` holds the things, by name, and does with them what the visitor wants. */
  constructor(ground, composer) {
    this.ground = ground;
    this.composer = composer;
    this.buttons = new Map(); // by name of the thing
  }

  /** Show things, from the hindmost to the foremost, where they stand. */
  show(things, chosen) {
    for (const [name, button] of this.buttons)
      if (!things.some((thing) => thing.name === name)) {
        button.remove();
        this.buttons.delete(name);
      }
    things.forEach((thing, depth) => this.stand(thing, depth, thing === chosen));
  }

  stand(thing, depth, chosen) {
    const button = this.buttons.get(thing.name) ?? this.enter(thing.name);
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
    button.classList.toggle("chosen", chosen);
  }

  /** The button of a thing that is new in the scene. */
  enter(name) {
    const { composer } = this;
    const { url, label } = composer.wardrobe.sprites.get(name);
    const [button, image] = [node("button", "thing"), node("img")];
    Object.assign(image, { src: url, alt: "", draggable: false });
    Object.assign(button, { type: "button", ariaLabel: label });
    button.setAttribute("aria-describedby", "keys");
    button.append(image);
    button.onfocus = () => composer.choose(composer.thing(name));
    button.onblur = () => composer.send();
    button.onkeydown = (event) => this.press(composer.thing(name), event);
    button.onpointerdown = (event) => this.grab(composer.thing(name), button, event);
    this.buttons.set(name, button);
    this.ground.append(button);
    return button;
  }

  press(thing, event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { composer } = this;
    const far = event.shiftKey ? FAR : STEP;
    const act = {
      ArrowLeft: () => composer.nudge(thing, -far, 0),
      ArrowRight: () => composer.nudge(thing, far, 0),
      ArrowUp: () => composer.nudge(thing, 0, -far),
      ArrowDown: () => composer.nudge(thing, 0, far),
      "+": () => composer.grow(thing, GROWTH),
      "=": () => composer.grow(thing, GROWTH),
      "-": () => composer.grow(thing, -GROWTH),
      f: () => composer.flip(thing),
      t: () => composer.bringToFront(thing),
      Delete: () => composer.remove(thing),
      Backspace: () => composer.remove(thing),
      Escape: () => composer.wardrobe.focus(thing.name),
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
      this.composer.drag(thing, right + dx, down + dy);
    };
    button.onpointerup = button.onpointercancel = () => {
      button.onpointermove = button.onpointerup = button.onpointercancel = null;
      button.classList.remove("held");
      this.composer.letGo(thing);
    };
  }
}
