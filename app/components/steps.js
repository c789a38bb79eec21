// How far the film has come: the steps of a statement as dots under the scrubber, and the statements as they grow.

const OPERATION = { open: "open", sense: "sense", evolve: "evolve", read: "read", write: "write back" };

/** The steps of a statement: all statements have the same. */
class Steps {
  constructor(list) {
    this.list = list;
  }

  /** `opening` is the name of what comes before the first word. */
  load(film, frames, opening) {
    this.dots = []; // of each: window, phase, element
    const groups = film.slots.map((slot, w) => {
      const dots = node("span", "dots");
      for (const { statement, window, phase } of frames) {
        if (statement !== 0 || window !== w) continue;
        const dot = node("span", "dot", film.sight ? phase : OPERATION[phase]);
        this.dots.push({ window, phase, dot });
        dots.append(dot);
      }
      const group = node("span", `step-group ${slot}`);
      group.style.flexGrow = dots.children.length;
      group.append(dots, node("span", "slot", w > 0 ? slot : opening));
      return group;
    });
    this.list.replaceChildren(...groups);
  }

  show({ window, phase }) {
    const here = this.dots.findLastIndex((step) => step.window === window && (step.phase === phase || phase === "open"));
    this.dots.forEach(({ dot }, i) => {
      dot.classList.toggle("now", i === here);
      dot.classList.toggle("done", i < here);
    });
  }
}

/** The statements of the film, one below the other: told, growing, or still to come. */
class Statements {
  constructor(root, go) {
    this.list = root.querySelector(".statements");
    this.count = root.querySelector(".count");
    this.go = go; // called with the number of a statement that is clicked
  }

  load(film) {
    this.film = film;
    this.rows = film.probability.map((_, n) => {
      const row = node("li");
      const button = node("button");
      button.type = "button";
      button.onclick = () => this.go(n);
      row.append(button);
      return { row, button, state: "" };
    });
    this.list.replaceChildren(...this.rows.map(({ row }) => row));
  }

  /** Words up to window `upTo` of statement `n` have been read; `complete`: that is all of it. */
  show(n, upTo, complete) {
    write(this.count, `${n + 1} of ${this.rows.length}`);
    this.rows.forEach((one, i) => {
      const state = i < n ? "past" : i > n ? "ahead" : `now, ${upTo}${complete ? ", complete" : ""}`;
      if (one.state === state) return; // of many statements only one or two change in a step
      one.state = state;
      const { row, button } = one;
      row.className = i === n ? "now" : state;
      button.ariaCurrent = i === n ? "step" : null;
      button.ariaLabel = i <= n ? null : `Go to statement ${i + 1}`;
      const words = i <= n ? statementRow(this.film, i, i === n ? upTo : this.film.slots.length) : node("span", "words", "…");
      const told = i < n || (i === n && complete) ? chance(this.film.probability[i]) : "";
      button.replaceChildren(node("span", "number", i + 1), words, node("span", "chance", told));
    });
  }

  /** Keep a statement in sight. */
  follow(n) {
    const { list } = this;
    const { offsetTop, offsetHeight } = this.rows[n].row;
    if (offsetTop < list.scrollTop || offsetTop + offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = offsetTop - list.clientHeight / 2;
  }
}

/** One statement as words: filled slots, the cue marked as given, open slots dashed. */
function statementRow(film, n, upTo) {
  const words = node("span", "words");
  for (const slot of ["subject", "predicate", "object"]) {
    const window = film.slots.indexOf(slot);
    const chosen = film.chosen(n, window);
    const given = film.given.includes(slot);
    const filled = given || window <= upTo;
    const word = node("span", filled ? `word ${slot}` : "word open", filled && chosen >= 0 ? film.items[chosen].label : slot);
    if (given) word.classList.add("given");
    words.append(word, " ");
  }
  return words;
}
