// The transport: one cursor over the frames of a film; everything shown follows from it.

const PHASE_MS = 1500;
const OPERATION = { open: "open", sense: "sense", evolve: "evolve", read: "read", write: "write back" };
const LIT = { open: ["write"], sense: ["sense"], evolve: ["evolve"], read: ["read"], write: ["write"] };
const BUS = "tensorbrain:cursor"; // players of one group tell each other where they stand
const players = new WeakMap();

class Player {
  constructor(root) {
    this.root = root;
    const find = (this.find = (selector) => root.querySelector(selector));
    this.gamma = new Cells(find(".gamma"), ["--below", "--even", "--above"]);
    this.context = new Cells(find(".context"), ["--even", "--weak", "--strong"]);
    const pick = (item) => this.ask(item === this.asked ? -1 : item);
    this.bars = new Bars(find(".bars"), pick);
    this.senses = new Senses(root);
    this.why = new Why(root, (...of) => this.deeds(...of));
    this.around = new Surroundings(root, pick);
    this.plane = new Plane(root, pick);
    this.course = new Course(root, (cursor) => this.seek(cursor));
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.playing = false;
    this.asked = -1; // the item that the visitor asks about, by its number in the film
    this.weighed = false; // whether the blackboard shows what speaks for it
    this.done = new Set(); // what the visitor has done, for a page that waits for it
    this.listen();
  }

  listen() {
    this.act = {
      start: () => this.step(0, "start"),
      end: () => this.step(this.frames.length - 1, "end"),
      back: () => this.step(this.cursor - 1, "back"),
      next: () => this.step(this.cursor + 1, "next"),
      up: () => this.step(this.lastOf[Math.max(0, this.frames[this.cursor].statement - 1)], "statement"),
      down: () => this.step(this.lastOf[Math.min(this.lastOf.length - 1, this.frames[this.cursor].statement + 1)], "statement"),
      play: () => (this.playing ? this.pause() : this.play()),
      help: () => this.help(),
      svg: () => this.save("svg"),
      png: () => this.save("png"),
    };
    this.root.querySelectorAll("[data-do]").forEach((button) => (button.onclick = this.act[button.dataset.do]));
    this.find(".scrub").oninput = (event) => this.step(Number(event.target.value), "scrub");
    this.find(".find").oninput = (event) => {
      this.bars.search = event.target.value;
      if (this.film) this.show(this.cursor);
      this.report("find");
    };
    this.onkey = (event) => this.press(event);
    document.addEventListener("keydown", this.onkey);
    this.onbus = ({ detail }) => this.follow(detail);
    document.addEventListener(BUS, this.onbus);
    this.sizes = new ResizeObserver(() => this.refresh());
    for (const part of [".gamma", ".context", ".graph", ".map", ".boards"]) this.sizes.observe(this.find(part));
  }

  press(event) {
    const target = event.composedPath()[0];
    const inside = event.composedPath().includes(this.root);
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || this.options?.follows) return;
    if (!inside && target !== document.body) return; // keys typed elsewhere are not ours
    if (this.find("dialog").open || target.matches("select, input[type=search]")) return;
    if (event.key === " " && target.matches("button")) return;
    const keys = { " ": "play", ArrowRight: "next", ArrowLeft: "back", ArrowUp: "up", ArrowDown: "down", Home: "start", End: "end", "?": "help" };
    const what = keys[event.key];
    if (!what) return;
    event.preventDefault();
    this.act[what]();
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onkey);
    document.removeEventListener(BUS, this.onbus);
    this.sizes.disconnect();
    this.senses.close();
  }

  refresh() {
    if (!this.film) return;
    this.gamma.refresh();
    this.context.refresh();
    this.course.refresh();
    this.link();
  }

  load(bytes, tell) {
    const [options, rest] = split(bytes);
    const film = unpack(rest);
    const fresh = this.options?.task !== options.task;
    Object.assign(this, { options, tell });
    if (fresh) this.done.clear();
    this.root.classList.toggle("follows", Boolean(options.follows));
    this.root.querySelectorAll("[data-term]").forEach((term) => (term.title = options.glossary?.[term.dataset.term] ?? ""));
    if (this.film?.name === film.name) return this.refresh(); // the same run: only the theme may have changed
    this.pause();
    const before = this.film && this.asked >= 0 ? this.film.items[this.asked] : null;
    const stood = this.film && this.cursor;
    this.film = film;
    this.frames = film.frames.map(([statement, window, phase, words]) => ({ statement, window, phase, words }));
    this.lastOf = film.probability.map((_, n) => this.frames.findLastIndex((frame) => frame.statement === n));
    this.asked = before ? film.items.findIndex(({ block, id }) => block === before.block && id === before.id) : -1;
    this.find(".scrub").max = this.frames.length - 1;
    const [low, high] = film.gamma_range;
    this.find(".cells").textContent = `|h| · ${film.context} units`;
    this.limits = [low, high].map((v) => String(+v.toFixed(1)));
    this.opening = film.sight ? "scene" : "start";
    const kind = film.sight ? "perception" : "recall";
    this.root.ariaLabel = `Player of the ${kind}. Space plays, the arrow keys step.`;
    this.find(".scrub").ariaLabel = `Position in the ${kind}`;
    this.senses.load(film);
    this.bars.reserve(Math.min(FEW, Math.max(1, ...film.slots.map((_, w) => film.rows(0, w).length))));
    this.around.load(film);
    this.plane.load(film);
    this.course.load(film, this.frames);
    this.makeSteps();
    this.makeStatements();
    this.root.hidden = false;
    if (!this.frames.length) return;
    // A dial that is turned shows the same step of the new run; a first film tells its first statement by itself.
    if (stood !== undefined && options.stay) return this.show(stood);
    const still = this.calm.matches || options.still || options.follows;
    this.show(still ? this.lastOf[0] : 0);
    if (!still) this.play(this.lastOf[0]);
  }

  makeSteps() {
    const { film } = this;
    const groups = film.slots.map((slot, w) => {
      const group = node("span", `step-group ${slot}`);
      const dots = node("span", "dots");
      this.frames.forEach((frame) => {
        if (frame.statement !== 0 || frame.window !== w) return;
        const dot = node("span", "dot", film.sight ? frame.phase : OPERATION[frame.phase]);
        Object.assign(dot.dataset, { window: w, phase: frame.phase });
        dots.append(dot);
      });
      group.style.flexGrow = dots.children.length;
      group.append(dots, node("span", "slot", w > 0 ? slot : this.opening));
      return group;
    });
    this.find(".steps").replaceChildren(...groups);
  }

  makeStatements() {
    const rows = this.film.probability.map((_, n) => {
      const row = node("li");
      const button = node("button");
      button.type = "button";
      button.onclick = () => this.step(this.lastOf[n], "statement");
      row.append(button);
      return row;
    });
    this.find(".statements").replaceChildren(...rows);
  }

  play(until = this.frames.length - 1) {
    if (this.cursor >= this.frames.length - 1) this.show(0);
    this.until = until > this.cursor ? until : this.frames.length - 1;
    this.setPlaying(true);
    this.wait();
    if (until === this.frames.length - 1) this.report("play");
  }

  wait() {
    const pace = PHASE_MS / Number(this.find(".speed select").value);
    this.timer = setTimeout(() => {
      this.show(this.cursor + 1);
      if (this.cursor >= this.until) return this.pause();
      this.wait();
    }, pace);
  }

  pause() {
    clearTimeout(this.timer);
    this.setPlaying(false);
  }

  setPlaying(playing) {
    this.playing = playing;
    this.root.classList.toggle("playing", playing);
    this.find("[data-do=play]").ariaLabel = playing ? "Pause" : "Play";
    // A voice cannot keep up with the film: it speaks of single steps and where the film rests.
    this.find(".sentence").ariaLive = playing ? "off" : "polite";
  }

  seek(cursor) {
    this.pause();
    this.show(cursor);
  }

  /** A step that the visitor took. */
  step(cursor, deed) {
    this.seek(cursor);
    this.report(deed);
  }

  /** Tell the page what the visitor has done, once, if it waits for it. */
  report(deed) {
    const { options, done } = this;
    if (!options?.watch?.includes(deed) || done.has(deed)) return;
    done.add(deed);
    this.tell("done", { task: options.task, deeds: [...done] });
  }

  show(cursor) {
    const { film } = this;
    this.cursor = Math.max(0, Math.min(this.frames.length - 1, cursor));
    const frame = this.frames[this.cursor];
    const { statement: n, window: w, phase } = frame;
    const glide = this.calm.matches ? 0 : 600 / Number(this.find(".speed select").value);

    const reads = phase !== "evolve" && phase !== "sense";
    const upTo = reads ? w : w - 1; // the last window that has been read
    this.upTo = upTo;
    // Where the senses are open, the blackboard changes once what they deliver has joined what memory hands back.
    const waits = film.sight && phase === "evolve";
    const after = phase === "open" || phase === "write" || waits;
    this.board = after ? film.after(n, waits ? w - 1 : w) : film.before(n, w);
    this.context.show(film.h(n, w), phase === "evolve" ? glide : 0);
    this.link(glide);
    const rows = upTo >= 0 ? film.rows(n, upTo) : [];
    const slot = film.slots[upTo];
    const staged = this.bars.show(film, rows, slot, {
      chosen: upTo >= 0 ? film.chosen(n, upTo) : -1,
      asked: this.asked,
      given: film.given.includes(slot),
      resting: !reads,
    });
    const few = film.sight && rows.length < film.sizes[slot]; // an attribute is read within its own group
    const among = this.bars.search ? `${staged.length} found` : few ? `${staged.length} of ${rows.length} in its group` : `top ${staged.length} of ${film.sizes[slot]}`;
    this.find(".group").textContent = rows.length ? `${slot} · ${among}` : "at rest";
    this.find(".index").classList.toggle("rest", !rows.length);
    this.senses.show(n, w, phase, upTo);

    this.root.querySelectorAll("[data-flow]").forEach((flow) => flow.classList.toggle("lit", this.flows(flow, frame)));
    this.root.dataset.phase = phase;

    this.sayWhere(frame);
    this.growStatements(n, upTo);
    this.moveSteps(frame);
    this.course.show(this.cursor);
    if (this.options.group && !this.options.follows) document.dispatchEvent(new CustomEvent(BUS, { detail: { group: this.options.group, ...frame } }));
    if (this.cursor === this.lastOf[n]) this.report("complete");
    if (this.cursor === this.frames.length - 1) this.report("all");
  }

  /** Stand where the leading player of the group stands, as far as this film goes. */
  follow({ group, statement, window, phase }) {
    if (!this.film || !this.options.follows || group !== this.options.group) return;
    const here = this.frames.findLastIndex((frame) => frame.statement === statement && frame.window <= window && (frame.window < window || frame.phase === phase));
    this.seek(here < 0 ? this.frames.length - 1 : here);
  }

  /** Ask why an item was taken or not: the views that are linked to the cursor answer. */
  ask(item) {
    this.asked = item;
    if (item < 0) this.weighed = false;
    this.show(this.cursor);
    if (item >= 0) this.report("ask");
  }

  /** The blackboard and the linked views, where the cursor stands. */
  link(glide = 0) {
    const { film, frames, cursor, upTo } = this;
    const { statement: n, window: w, phase } = frames[cursor];
    const answer = this.why.show(film, n, upTo, this.asked);
    const weights = this.weighed && answer?.terms;
    const reach = weights ? Math.max(...weights.map(Math.abs)) || 1 : 1;
    this.gamma.show(weights ? weights.map((v) => 127.5 + (127.5 * v) / reach) : this.board, glide);
    const name = answer && film.items[answer.item].label;
    this.find(".units").textContent = weights ? `what speaks for ${name}` : `γ = ${film.gamma_range[0] ? "f" : "sig"}(q) · ${film.dim} units`;
    const limits = weights ? ["against", "for"] : this.limits;
    [this.find(".low").textContent, this.find(".high").textContent] = limits;
    this.around.show(n, upTo);
    this.plane.show(n, upTo, phase, w);
  }

  /** What can be done with an item: words, a longer word on it, the deed, whether it is done. */
  deeds(film, n, w, item) {
    const { label, block, id } = film.items[item];
    const pinned = this.bars.pinned.has(label);
    const turn = (deed) => () => {
      deed();
      this.show(this.cursor);
    };
    const made = [
      ["On the blackboard", `Colour every unit by what it adds to the score of ${label}`, turn(() => ((this.weighed = !this.weighed), this.report("weigh"))), this.weighed],
      ["Pin", `Keep ${label} among the bars`, turn(() => (pinned ? this.bars.pinned.delete(label) : this.bars.pinned.add(label), this.report("pin"))), pinned],
    ];
    const ask = (what) => () => this.tell("act", { what, slot: film.slots[w], block, id, label });
    for (const [what, words, title] of [
      ["cue", "Ask about it", `Recall statements about ${label}`],
      ["clamp", "Tell it", `Tell the brain that the ${film.slots[w]} is ${label}`],
      ["lesion", "Lesion", `Take ${label} out of the index: it can no longer be read`],
      ["mute", "Mute", `Let ${label} be read as before, but write nothing back`],
    ])
      if (this.options.acts?.includes(what) && !(block === "instant" && what !== "clamp") && !(what === "cue" && block !== "concept")) made.push([words, title, ask(what)]);
    return made;
  }

  help() {
    this.find("dialog").showModal();
    this.report("help");
  }

  save(kind) {
    save(this.root, kind, this.film.sight ? "perception" : "recall");
    this.report("save");
  }

  /** Whether information passes through a flow in a frame. */
  flows(flow, { statement, window, phase }) {
    const { film } = this;
    if (phase === "open" && (film.sight || film.chosen(statement, window) < 0)) return false;
    if (film.sight && flow.classList.contains("up")) return phase === "sense" && window > 0; // together with the senses
    return LIT[phase].includes(flow.dataset.flow);
  }

  sayWhere({ statement, window, phase, words }) {
    const { film } = this;
    const said = words.map(([text, slot]) => (slot ? node("b", slot, text) : text));
    this.find(".sentence").replaceChildren(...said);
    const recalled = film.mode === "episodic" ? `Episodic recall · ${film.moments[statement]}` : "Semantic recall";
    this.find(".where").textContent = film.sight ? `Perception · ${film.sight.picture.title ?? "a picture"}` : recalled;
    const slot = window ? film.slots[window] : this.opening;
    const place = `Statement ${statement + 1} of ${film.probability.length}, ${slot}: ${OPERATION[phase]}`;
    this.find(".scrub").value = this.cursor;
    this.find(".scrub").setAttribute("aria-valuetext", place);
    this.find(".gamma").ariaLabel = `The blackboard's ${film.dim} units. ${place}.`;
    this.find(".context").ariaLabel = `The ${film.context} units of working memory. ${place}.`;
  }

  growStatements(n, upTo) {
    const list = this.find(".statements");
    this.find(".count").textContent = `${n + 1} of ${this.film.probability.length}`;
    [...list.children].forEach((row, i) => {
      const button = row.firstChild;
      const now = i === n;
      const whole = i < n || (now && this.cursor === this.lastOf[n]);
      row.className = now ? "now" : i < n ? "past" : "ahead";
      if (now) button.ariaCurrent = "step";
      else button.ariaCurrent = null;
      const words = i <= n ? statementRow(this.film, i, now ? upTo : 3) : node("span", "words", "…");
      button.ariaLabel = i <= n ? null : `Go to statement ${i + 1}`;
      button.replaceChildren(node("span", "number", i + 1), words, node("span", "chance", whole ? chance(this.film.probability[i]) : ""));
      if (now && (row.offsetTop < list.scrollTop || row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight))
        list.scrollTop = row.offsetTop - list.clientHeight / 2;
    });
  }

  moveSteps({ window, phase }) {
    const dots = [...this.root.querySelectorAll(".dot")];
    const here = dots.findLastIndex((dot) => Number(dot.dataset.window) === window && (dot.dataset.phase === phase || phase === "open"));
    dots.forEach((dot, i) => {
      dot.classList.toggle("now", i === here);
      dot.classList.toggle("done", i < here);
    });
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".player");
  let player = players.get(root);
  if (!player) players.set(root, (player = new Player(root)));
  player.load(data, (what, value) => (what === "act" ? setTriggerValue(what, value) : setStateValue(what, value)));
  // Streamlit may end an older call after a newer one has begun: only the newest may close the player.
  const call = (player.call = {});
  return () => {
    if (player.call !== call) return;
    player.close();
    players.delete(root);
  };
}
