// Why this concept and not that one: the score of a candidate, term by term, beside that of its best rival.

const DECIDING = 7; // units that are named one by one
const NEVER = 1e-29; // what is less probable was never read: it was told

class Why {
  constructor(root, acts, clock) {
    this.clock = clock;
    this.card = root.querySelector(".why");
    const find = (selector) => root.querySelector(`.why ${selector}`);
    [this.asked, this.because, this.head, this.body] = [".asked", ".because", "thead", "tbody"].map(find);
    [this.deciding, this.units, this.doing] = [".deciding p", ".deciding ol", ".doing"].map(find);
    this.acts = acts; // what can be done with a candidate: [words, the deed, whether it is offered]
  }

  /** What is compared: the item that is asked about or, without one, what was taken, with its best rival. */
  answer(film, n, w, item) {
    const rows = w >= 0 ? film.rows(n, w) : [];
    const taken = rows.length ? film.chosen(n, w) : -1;
    const mine = rows.find((row) => row[0] === (item >= 0 ? item : taken));
    if (!mine) return null;
    const rival = rows.find(([other]) => other !== mine[0]);
    const other = item >= 0 && taken !== mine[0] ? rows.find(([k]) => k === taken) ?? rival : rival;
    const unread = [mine, other].some((row) => row && row[1] < NEVER); // its score stands nowhere
    const terms = other && !unread ? this.terms(film, n, w, mine, other) : null;
    return { item: mine[0], mine, other, unread, terms };
  }

  /** The answer in words and sums, null where there is none to the item that is asked about; the units may wait. */
  show(film, n, w, item, answer, waits) {
    const key = [film.name, n, w, item].join();
    if (answer && key === this.shown) return this.offer(film, n, w, answer.item);
    this.shown = key;
    this.card.classList.toggle("rest", !answer);
    if (!answer) {
      const outside = item >= 0 && w >= 0 && film.rows(n, w).length ? `${film.items[item].label} is no candidate for the ${film.slots[w]}.` : "";
      this.asked.textContent = "Why";
      this.because.textContent = outside || "Nothing has been read yet: step on, and this says why a concept was taken.";
      this.doing.replaceChildren();
      return this.clock.draw(this.units, () => this.clear());
    }
    const { mine, other, unread, terms } = answer;
    const name = (row) => node("b", film.slots[w], film.items[row[0]].label);
    this.asked.replaceChildren("Why ", name(mine), ...(other ? [" and not ", name(other)] : []), "?");
    this.because.replaceChildren(...this.reason(film, w, mine, other, name));
    this.offer(film, n, w, mine[0]);
    if (unread) return this.clock.draw(this.units, () => this.clear());
    this.fill(film, mine, other, terms);
    this.clock.draw(this.units, () => this.decide(film, terms), waits);
  }

  clear() {
    [this.head, this.body].forEach((part) => part.replaceChildren());
    this.hang([]);
    write(this.deciding, "");
  }

  reason(film, w, mine, other, name) {
    const gone = [mine, other].find((row) => row && row[1] < NEVER);
    if (gone) return [name(gone), " cannot be read in this window: it was told, and its index is taken out."];
    const score = (row) => row[2].toFixed(2);
    if (!other) return [name(mine), ` is the only candidate for the ${film.slots[w]}.`];
    const gap = (mine[2] - other[2]) / film.temperature;
    const times = Math.exp(Math.abs(gap));
    const many = times < 10 ? times.toFixed(1) : times < 1000 ? Math.round(times) : "over a thousand";
    const ratio = times < 1.05 ? "about as probable as" : `${many} times ${gap < 0 ? "less" : "more"} probable than`;
    const hot = film.temperature === 1 ? "" : ` / ${film.temperature}`;
    return [name(mine), ` scores ${score(mine)}, `, name(other), ` ${score(other)}: e to the power ${signed(gap)}${hot ? ` (their difference${hot})` : ""} makes the first ${ratio} the second.`];
  }

  /** Per unit, what it adds to both scores. */
  terms(film, n, w, mine, other) {
    const [a, b] = [film.embedding(mine[0]), film.embedding(other[0])];
    if (!a || !b) return null;
    const input = film.input(n, w);
    return { mine: a.map((v, i) => v * input[i]), other: b.map((v, i) => v * input[i]) };
  }

  fill(film, mine, other, terms) {
    const columns = other ? [mine, other] : [mine];
    const sum = (values, keep) => values.reduce((total, v) => (keep(v) ? total + v : total), 0);
    const both = terms ? [terms.mine, terms.other] : [];
    const offsets = columns.map((row) => film.offset(row[0]));
    const lines = terms
      ? [["units that speak for it", both.map((t) => signed(sum(t, (v) => v > 0)))], ["units that speak against it", both.map((t) => signed(sum(t, (v) => v < 0)))]]
      : [];
    if (offsets.some((v) => v)) lines.push(["a₀, its offset", offsets.map((v) => signed(v))]);
    lines.push(["score n", columns.map((row) => row[2].toFixed(2)), "total"]);
    lines.push(["softmax", columns.map((row) => chance(row[1])), "total"]);
    this.table(this.head, [["", columns.map((row) => film.items[row[0]].label)]], "td", "th");
    this.table(this.body, lines, "th", "td");
  }

  /** Lines of a table, each with words before its values; its cells are made anew only where their number has changed. */
  table(part, lines, before, cell) {
    const columns = 1 + lines[0][1].length;
    if (part.children.length !== lines.length || part.firstChild.children.length !== columns)
      part.replaceChildren(
        ...lines.map(([, values]) => {
          const row = node("tr");
          row.append(node(before), ...values.map(() => node(cell)));
          if (before === "th") row.firstChild.scope = "row";
          return row;
        }),
      );
    lines.forEach(([words, values, kind = ""], i) => {
      const row = part.children[i];
      row.className = kind;
      [words, ...values].forEach((text, k) => write(row.children[k], text));
    });
  }

  /** The units in which the two differ most, as bars to the right (for the first) and to the left. */
  decide(film, terms) {
    if (!terms) {
      write(this.deciding, "This film brought the sums of these two, not their single units.");
      return this.hang([]);
    }
    const gaps = Array.from(terms.mine, (v, i) => [i, v - terms.other[i]]).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1]));
    const reach = Math.abs(gaps[0][1]) || 1;
    const shown = gaps.slice(0, DECIDING);
    const rest = gaps.slice(DECIDING).reduce((total, [, gap]) => total + gap, 0);
    write(this.deciding, "The units that decide most between them, and all the others together:");
    const rows = [...shown.map(([unit, gap]) => [`unit ${film.units[unit]}`, gap]), [`${gaps.length - shown.length} others`, rest]];
    if (this.units.children.length !== rows.length) this.hang(rows.map(() => this.unit()));
    rows.forEach(([words, gap], i) => {
      const row = this.units.children[i];
      const [name, bar, sum] = row.children;
      row.className = gap < 0 ? "against" : "for";
      bar.style.setProperty("--share", Math.min(1, Math.abs(gap) / reach));
      write(name, words);
      write(sum, signed(gap));
    });
  }

  /** Rows for units: their number gives the list its room. */
  hang(rows) {
    this.units.replaceChildren(...rows);
    this.units.parentElement.style.setProperty("--rows", rows.length);
  }

  /** An empty row for a unit. */
  unit() {
    const [row, bar] = [node("li"), node("i")];
    bar.ariaHidden = "true";
    row.append(node("span"), bar, node("span", "chance"));
    return row;
  }

  /** What can be done with the candidate: as far as the page offers it. */
  offer(film, n, w, item) {
    const acts = this.acts(film, n, w, item);
    while (this.doing.children.length > acts.length) this.doing.lastChild.remove();
    while (this.doing.children.length < acts.length) this.doing.append(Object.assign(node("button"), { type: "button" }));
    acts.forEach(([words, title, deed, pressed], i) => {
      const button = this.doing.children[i]; // the same as before, so that it keeps the focus
      write(button, words);
      set(button, { title, "aria-pressed": pressed ?? null });
      button.onclick = deed;
    });
  }
}
