// The transport: one cursor over the frames of a film; everything shown follows from it.

const PHASE_MS = 1500;
const OPERATION = { open: "open", sense: "sense", evolve: "evolve", read: "read", write: "write back" };
const LIT = { open: ["write"], sense: ["sense"], evolve: ["evolve"], read: ["read"], write: ["write"] };
const players = new WeakMap();

class Player {
  constructor(root) {
    this.root = root;
    const find = (this.find = (selector) => root.querySelector(selector));
    this.gamma = new Cells(find(".gamma"), ["--below", "--even", "--above"]);
    this.context = new Cells(find(".context"), ["--even", "--weak", "--strong"]);
    this.bars = new Bars(find(".bars"));
    this.senses = new Senses(root);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.playing = false;
    this.listen();
  }

  listen() {
    const act = {
      start: () => this.seek(0),
      back: () => this.seek(this.cursor - 1),
      next: () => this.seek(this.cursor + 1),
      play: () => (this.playing ? this.pause() : this.play()),
    };
    this.root.querySelectorAll("[data-do]").forEach((button) => (button.onclick = act[button.dataset.do]));
    this.find(".scrub").oninput = (event) => this.seek(Number(event.target.value));
    this.onkey = (event) => {
      const target = event.composedPath()[0];
      const inside = event.composedPath().includes(this.root);
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      if (!inside && target !== document.body) return; // keys typed elsewhere are not ours
      if (target.matches("select") || (event.key === " " && target.matches("button"))) return;
      const what = { " ": "play", ArrowRight: "next", ArrowLeft: "back", Home: "start" }[event.key];
      if (!what) return;
      event.preventDefault();
      act[what]();
    };
    document.addEventListener("keydown", this.onkey);
    this.sizes = new ResizeObserver(() => this.refresh());
    this.sizes.observe(this.find(".gamma"));
    this.sizes.observe(this.find(".context"));
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onkey);
    this.sizes.disconnect();
    this.senses.close();
  }

  refresh() {
    this.gamma.refresh();
    this.context.refresh();
  }

  load(bytes) {
    const film = unpack(bytes);
    if (this.film?.name === film.name) return this.refresh(); // the same run: only the theme may have changed
    this.pause();
    this.film = film;
    this.frames = film.frames.map(([statement, window, phase, words]) => ({ statement, window, phase, words }));
    this.lastOf = film.windows.map((_, n) => this.frames.findLastIndex((frame) => frame.statement === n));
    this.find(".scrub").max = this.frames.length - 1;
    const [low, high] = film.gamma_range;
    this.find(".units").textContent = `γ = ${low ? "f" : "sig"}(q) · ${film.dim} units`;
    this.find(".cells").textContent = `|h| · ${film.context} units`;
    [this.find(".low").textContent, this.find(".high").textContent] = [low, high].map((v) => +v.toFixed(1));
    this.opening = film.sight ? "scene" : "start";
    const kind = film.sight ? "perception" : "recall";
    this.root.ariaLabel = `Player of the ${kind}. Space plays, the arrow keys step.`;
    this.find(".scrub").ariaLabel = `Position in the ${kind}`;
    this.senses.load(film);
    film.most = Math.max(1, ...film.windows.flat().map((window) => window.rows.length));
    this.bars.reserve(film.most);
    this.makeSteps();
    this.makeStatements();
    this.root.hidden = false;
    if (!this.frames.length) return;
    // The first statement is told at once; where motion is unwelcome it stands there, told.
    this.seek(this.calm.matches ? this.lastOf[0] : 0);
    if (!this.calm.matches) this.play(this.lastOf[0]);
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
    const rows = this.film.windows.map((_, n) => {
      const row = node("li");
      const button = node("button");
      button.type = "button";
      button.onclick = () => this.seek(this.lastOf[n]);
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

  show(cursor) {
    const { film } = this;
    this.cursor = Math.max(0, Math.min(this.frames.length - 1, cursor));
    const frame = this.frames[this.cursor];
    const { statement: n, window: w, phase } = frame;
    const glide = this.calm.matches ? 0 : 600 / Number(this.find(".speed select").value);

    const reads = phase !== "evolve" && phase !== "sense";
    const upTo = reads ? w : w - 1; // the last window that has been read
    // Where the senses are open, the blackboard changes once what they deliver has joined what memory hands back.
    const waits = film.sight && phase === "evolve";
    const after = phase === "open" || phase === "write" || waits;
    const board = after ? film.after(n, waits ? w - 1 : w) : film.before(n, w);
    this.gamma.show(board, glide);
    this.context.show(film.h(n, w), phase === "evolve" ? glide : 0);
    const seen = film.windows[n][upTo] ?? { rows: [] };
    const slot = film.slots[upTo];
    this.bars.show(film, seen.rows.length ? seen : null, slot, { given: film.given.includes(slot), resting: !reads });
    const few = film.sight && seen.rows.length < Math.min(film.most, film.sizes[slot]); // an attribute is read within its own group
    const among = few ? `${seen.rows.length} in its group` : `top ${seen.rows.length} of ${film.sizes[slot]}`;
    this.find(".group").textContent = seen.rows.length ? `${slot} · ${among}` : "at rest";
    this.find(".index").classList.toggle("rest", !seen.rows.length);
    this.senses.show(n, w, phase, upTo);

    this.root.querySelectorAll("[data-flow]").forEach((flow) => flow.classList.toggle("lit", this.flows(flow, frame)));
    this.root.dataset.phase = phase;

    this.sayWhere(frame);
    this.growStatements(n, upTo);
    this.moveSteps(frame);
  }

  /** Whether information passes through a flow in a frame. */
  flows(flow, { statement, window, phase }) {
    const { film } = this;
    if (phase === "open" && (film.sight || !film.windows[statement][window].rows.length)) return false;
    if (film.sight && flow.classList.contains("up")) return phase === "sense" && window > 0; // together with the senses
    return LIT[phase].includes(flow.dataset.flow);
  }

  sayWhere({ statement, window, phase, words }) {
    const { film } = this;
    const said = words.map((piece) => (typeof piece === "string" ? piece : node("b", piece[1], film.labels[piece[0]])));
    this.find(".sentence").replaceChildren(...said);
    const recalled = film.mode === "episodic" ? `Episodic recall · ${film.moments[statement]}` : "Semantic recall";
    this.find(".where").textContent = film.sight ? `Perception · ${film.sight.picture.title ?? "a picture"}` : recalled;
    const slot = window ? film.slots[window] : this.opening;
    const place = `Statement ${statement + 1} of ${film.windows.length}, ${slot}: ${OPERATION[phase]}`;
    this.find(".scrub").value = this.cursor;
    this.find(".scrub").setAttribute("aria-valuetext", place);
    this.find(".gamma").ariaLabel = `The blackboard's ${film.dim} units. ${place}.`;
    this.find(".context").ariaLabel = `The ${film.context} units of working memory. ${place}.`;
  }

  growStatements(n, upTo) {
    const list = this.find(".statements");
    this.find(".count").textContent = `${n + 1} of ${this.film.windows.length}`;
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

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".player");
  let player = players.get(root);
  if (!player) players.set(root, (player = new Player(root)));
  player.load(data);
  // Streamlit may end an older call after a newer one has begun: only the newest may close the player.
  const call = (player.call = {});
  return () => {
    if (player.call !== call) return;
    player.close();
    players.delete(root);
  };
}
