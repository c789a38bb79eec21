// The transport: one cursor over the frames of a film; everything shown follows from it.

const PHASE_MS = 1500;
const OPERATION = { open: "open", evolve: "evolve", read: "read", write: "write back" };
const LIT = { open: ["write"], evolve: ["evolve"], read: ["read"], write: ["write"] };
const players = new WeakMap();

class Player {
  constructor(root) {
    this.root = root;
    const find = (this.find = (selector) => root.querySelector(selector));
    this.gamma = new Cells(find(".gamma"), ["--below", "--even", "--above"]);
    this.context = new Cells(find(".context"), ["--even", "--weak", "--strong"]);
    this.bars = new Bars(find(".bars"));
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
    this.bars.reserve(Math.max(1, ...film.windows.flat().map((window) => window.rows.length)));
    this.makeSteps();
    this.makeStatements();
    this.root.hidden = false;
    if (!this.frames.length) return;
    // The first statement is told at once; where motion is unwelcome it stands there, told.
    this.seek(this.calm.matches ? this.lastOf[0] : 0);
    if (!this.calm.matches) this.play(this.lastOf[0]);
  }

  makeSteps() {
    const groups = this.film.slots.map((slot, w) => {
      const group = node("span", `step-group ${slot}`);
      const dots = node("span", "dots");
      this.frames.forEach((frame, i) => {
        if (frame.statement !== 0 || frame.window !== w) return;
        const dot = node("span", "dot", OPERATION[frame.phase]);
        dot.dataset.offset = i;
        dots.append(dot);
      });
      group.style.flexGrow = dots.children.length;
      group.append(dots, node("span", "slot", w === 0 ? "start" : slot));
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

    this.gamma.show(phase === "open" || phase === "write" ? film.after(n, w) : film.before(n, w), glide);
    this.context.show(film.h(n, w), phase === "evolve" ? glide : 0);
    const reads = phase !== "evolve";
    const seen = film.windows[n][reads ? w : w - 1];
    const slot = film.slots[reads ? w : w - 1];
    this.bars.show(film, seen.rows.length ? seen : null, slot, { given: film.given.includes(slot), resting: !reads });
    this.find(".group").textContent = seen.rows.length ? `${slot} · top ${seen.rows.length} of ${film.sizes[slot]}` : "at rest";
    this.find(".index").classList.toggle("rest", !seen.rows.length);

    const lit = phase === "open" && !seen.rows.length ? [] : LIT[phase];
    this.root.querySelectorAll("[data-flow]").forEach((flow) => flow.classList.toggle("lit", lit.includes(flow.dataset.flow)));
    this.root.dataset.phase = phase;

    this.sayWhere(frame);
    this.growStatements(n, reads ? w : w - 1);
    this.moveSteps(n);
  }

  sayWhere({ statement, window, phase, words }) {
    const { film } = this;
    const said = words.map((piece) => (typeof piece === "string" ? piece : node("b", piece[1], film.labels[piece[0]])));
    this.find(".sentence").replaceChildren(...said);
    const kind = film.mode === "episodic" ? `Episodic recall · ${film.moments[statement]}` : "Semantic recall";
    this.find(".where").textContent = kind;
    const place = `Statement ${statement + 1} of ${film.windows.length}, ${window ? film.slots[window] : "start"}: ${OPERATION[phase]}`;
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

  moveSteps(n) {
    const first = this.frames.findIndex((frame) => frame.statement === n);
    this.root.querySelectorAll(".dot").forEach((dot) => {
      const offset = Number(dot.dataset.offset) - (this.cursor - first);
      dot.classList.toggle("now", offset === 0);
      dot.classList.toggle("done", offset < 0);
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
