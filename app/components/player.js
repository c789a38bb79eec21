// The player: what the layers, the sentence and the linked views show of the frame at which the cursor stands.

const LIT = { open: ["write"], sense: ["sense"], evolve: ["evolve"], read: ["read"], write: ["write"] };
const players = new WeakMap();

class Player {
  constructor(root) {
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    [this.sentence, this.where, this.group, this.index] = [".sentence", ".where", ".group", ".index"].map(find);
    [this.units, this.low, this.high] = [".units", ".low", ".high"].map(find);
    this.flows = [...root.querySelectorAll("[data-flow]")];
    const clock = (this.clock = new Clock());
    const rooms = (this.rooms = new Rooms());
    this.gamma = new Cells(find(".gamma"), ["--below", "--even", "--above"], rooms, clock);
    this.context = new Cells(find(".context"), ["--even", "--weak", "--strong"], rooms, clock);
    const pick = (item) => this.ask(item === this.asked ? -1 : item);
    this.bars = new Bars(find(".bars"), pick, clock);
    this.senses = new Senses(root);
    this.why = new Why(root, (...of) => this.deeds(...of), clock);
    this.around = new Surroundings(root, pick, rooms);
    this.plane = new Plane(root, pick, rooms);
    this.course = new Course(root, (cursor) => this.transport.seek(cursor), rooms);
    this.steps = new Steps(find(".steps"));
    this.statements = new Statements(root, (n) => this.transport.toStatement(n));
    this.transport = new Transport(root, clock, {
      show: () => this.show(),
      report: (deed) => this.report(deed),
      deeds: { help: () => this.help(), svg: () => this.save("svg"), png: () => this.save("png") },
    });
    find(".find").oninput = ({ target }) => {
      this.bars.search = target.value;
      if (this.film) this.show();
      this.report("find");
    };
    this.asked = -1; // the item that the visitor asks about, by its number in the film
    this.weighed = false; // whether the blackboard shows what speaks for it
    this.done = new Set(); // what the visitor has done, for a page that waits for it
  }

  close() {
    this.transport.close();
    this.clock.close();
    this.rooms.close();
    this.senses.close();
  }

  load(bytes, tell) {
    const [options, rest] = split(bytes);
    const film = unpack(rest);
    if (this.options?.task !== options.task) this.done.clear();
    Object.assign(this, { options, tell });
    this.transport.options = options;
    this.root.classList.toggle("follows", Boolean(options.follows));
    this.root.querySelectorAll("[data-term]").forEach((term) => (term.title = options.glossary?.[term.dataset.term] ?? ""));
    if (this.film?.name === film.name) return this.refresh(); // the same run: only the theme may have changed
    this.open(film);
  }

  /** After a change of theme. */
  refresh() {
    for (const part of [this.gamma, this.context, this.course]) part.refresh();
  }

  open(film) {
    const { root, transport, options } = this;
    const before = this.film && this.asked >= 0 ? this.film.items[this.asked] : null;
    const stood = this.film && transport.cursor;
    this.film = film;
    const frames = film.frames.map(([statement, window, phase, words]) => ({ statement, window, phase, words }));
    this.asked = before ? film.items.findIndex(({ block, id }) => block === before.block && id === before.id) : -1;
    const kind = film.sight ? "perception" : "recall";
    root.ariaLabel = `Player of the ${kind}. Space plays, the arrow keys step.`;
    transport.scrub.ariaLabel = `Position in the ${kind}`;
    root.querySelector(".cells").textContent = `|h| · ${film.context} units`;
    this.limits = film.gamma_range.map((v) => String(+v.toFixed(1)));
    this.opening = film.sight ? "scene" : "start";
    root.classList.toggle("dated", film.probability.some((_, n) => film.rows(n, 0).length)); // moments are read, not words alone
    root.hidden = false;
    this.bars.reserve(Math.min(FEW, Math.max(1, ...film.slots.map((_, w) => film.rows(0, w).length))));
    for (const part of [this.senses, this.around, this.plane, this.statements]) part.load(film);
    this.course.load(film, frames);
    this.steps.load(film, frames, this.opening);
    transport.load(frames, film.probability.length);
    if (!frames.length) return;
    // A dial that is turned shows the same step of the new run; a first film tells its first statement by itself.
    if (stood !== undefined && options.stay) return transport.go(stood);
    const still = transport.calm.matches || options.still || options.follows;
    transport.go(still ? transport.lastOf[0] : 0);
    if (!still) transport.play(transport.lastOf[0]);
  }

  /** Show the frame at which the cursor stands: the stage at once, and while the film plays, the rest in turn. */
  show() {
    const { film, clock, transport } = this;
    const { frame, moving } = transport;
    const { statement: n, window: w, phase } = frame;
    const reads = phase !== "evolve" && phase !== "sense";
    const upTo = reads ? w : w - 1; // the last window that has been read
    // Where the senses are open, the blackboard changes once what they deliver has joined what memory hands back.
    const waits = film.sight && phase === "evolve";
    const after = phase === "open" || phase === "write" || waits;
    const board = after ? film.after(n, waits ? w - 1 : w) : film.before(n, w);
    this.context.show(film.h(n, w), phase === "evolve" ? transport.glide : 0);
    const answer = this.why.answer(film, n, upTo, this.asked);
    this.showBoard(board, answer);
    this.senses.show(n, w, phase, upTo);
    for (const flow of this.flows) flow.classList.toggle("lit", this.isLit(flow, frame));
    const complete = transport.cursor === transport.lastOf[n];
    clock.draw(this.index, () => this.showIndex(n, upTo, reads), moving);
    clock.draw(this.sentence, () => this.say(frame), moving);
    clock.draw(this.steps, () => (this.steps.show(frame), this.statements.show(n, upTo, complete)), moving);
    clock.draw(this.course, () => (this.statements.follow(n), this.course.show(transport.cursor)), moving);
    clock.draw(this.why, () => this.why.show(film, n, upTo, this.asked, answer, moving), moving);
    clock.draw(this.around, () => this.around.show(n, upTo), moving);
    clock.draw(this.plane, () => this.plane.show(n, upTo, phase, w), moving);
  }

  /** The blackboard, or in its place what each unit adds to the score of what is asked about. */
  showBoard(board, answer) {
    const { film } = this;
    const weights = this.weighed && answer?.terms?.mine;
    const reach = weights ? Math.max(...weights.map(Math.abs)) || 1 : 1;
    this.gamma.show(weights ? weights.map((v) => 127.5 + (127.5 * v) / reach) : board, this.transport.glide);
    const gamma = `γ = ${film.gamma_range[0] ? "f" : "sig"}(q) · ${film.dim} units`;
    write(this.units, weights ? `what speaks for ${film.items[answer.item].label}` : gamma);
    const [low, high] = weights ? ["against", "for"] : this.limits;
    write(this.low, low);
    write(this.high, high);
  }

  showIndex(n, upTo, reads) {
    const { film, bars } = this;
    const rows = upTo >= 0 ? film.rows(n, upTo) : [];
    const slot = film.slots[upTo];
    const staged = bars.show(film, rows, slot, {
      chosen: upTo >= 0 ? film.chosen(n, upTo) : -1,
      asked: this.asked,
      given: film.given.includes(slot),
      resting: !reads,
      glide: this.transport.glide,
    });
    const few = film.sight && rows.length < film.sizes[slot]; // an attribute is read within its own group
    const among = bars.search ? `${staged.length} found` : few ? `${staged.length} of ${rows.length} in its group` : `top ${staged.length} of ${film.sizes[slot]}`;
    write(this.group, rows.length ? `${slot} · ${among}` : "at rest");
    this.index.classList.toggle("rest", !rows.length);
  }

  /** Whether information passes through a flow in a frame. */
  isLit(flow, { statement, window, phase }) {
    const { film } = this;
    if (phase === "open" && (film.sight || film.chosen(statement, window) < 0)) return false;
    if (film.sight && flow.classList.contains("up")) return phase === "sense" && window > 0; // together with the senses
    return LIT[phase].includes(flow.dataset.flow);
  }

  /** What happens in a frame, in words: for all to read, and for those who do not see the stage. */
  say({ statement, window, phase, words }) {
    const { film } = this;
    this.sentence.replaceChildren(...words.map(([text, slot]) => (slot ? node("b", slot, text) : text)));
    const recalled = film.mode === "episodic" ? `Episodic recall · ${film.moments[statement]}` : "Semantic recall";
    write(this.where, film.sight ? `Perception · ${film.sight.picture.title ?? "a picture"}` : recalled);
    const slot = window ? film.slots[window] : this.opening;
    const place = `Statement ${statement + 1} of ${film.probability.length}, ${slot}: ${OPERATION[phase]}`;
    set(this.transport.scrub, { "aria-valuetext": place });
    set(this.gamma.canvas, { "aria-label": `The blackboard's ${film.dim} units. ${place}.` });
    set(this.context.canvas, { "aria-label": `The ${film.context} units of working memory. ${place}.` });
  }

  /** Ask why an item was taken or not: the views that are linked to the cursor answer. */
  ask(item) {
    this.asked = item;
    if (item < 0) this.weighed = false;
    this.show();
    if (item >= 0) this.report("ask");
  }

  /** What can be done with an item: words, a longer word on it, the deed, whether it is done. */
  deeds(film, n, w, item) {
    const { label, block, id } = film.items[item];
    const { pinned } = this.bars;
    const turn = (deed, report) => () => {
      deed();
      this.report(report);
      this.show();
    };
    const weigh = turn(() => (this.weighed = !this.weighed), "weigh");
    const pin = turn(() => (pinned.has(label) ? pinned.delete(label) : pinned.add(label)), "pin");
    const made = [
      ["On the blackboard", `Colour every unit by what it adds to the score of ${label}`, weigh, this.weighed],
      ["Pin", `Keep ${label} among the bars`, pin, pinned.has(label)],
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

  /** Tell the page what the visitor has done, once, if it waits for it. */
  report(deed) {
    const { options, done } = this;
    if (!options?.watch?.includes(deed) || done.has(deed)) return;
    done.add(deed);
    this.tell("done", { task: options.task, deeds: [...done] });
  }

  help() {
    this.transport.dialog.showModal();
    this.report("help");
  }

  save(kind) {
    save(this.root, kind, this.film.sight ? "perception" : "recall");
    this.report("save");
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
