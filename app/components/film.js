// How a film is read: the bytes that come from film.py, as functions that give the states and scores of a step.
// Joined in front of all that shows it; no build step.

const TYPES = { "|u1": Uint8Array, "<i2": Int16Array, "<i4": Int32Array, "<f4": Float32Array };

/** Read a film: a head, the arrays that it lists, then a picture or what is imagined. */
function unpack(bytes) {
  const [film, body] = split(bytes);
  const parts = {};
  let at = 0;
  for (const [name, type, shape] of film.parts) {
    const count = shape.reduce((a, b) => a * b, 1);
    const size = count * TYPES[type].BYTES_PER_ELEMENT;
    parts[name] = new TYPES[type](body.slice(at, at + size).buffer); // a copy, as typed arrays must lie aligned
    at += size;
  }
  film.behind = body.subarray(at);
  const windows = film.slots.length;
  const cut = (part, unit) => (n, w) => part.subarray((n * windows + w) * unit, (n * windows + w + 1) * unit);
  film.before = cut(parts.before, film.dim);
  film.after = cut(parts.after, film.dim);
  film.h = cut(parts.h, film.context);
  film.way = cut(parts.way, 4); // x, y before the write back, x, y after it
  film.place = (item) => [parts.places[2 * item], parts.places[2 * item + 1]];
  film.items = film.items.map(([label, group, block, id]) => ({ label, group, block, id }));
  film.chosen = (n, w) => parts.chosen[n * windows + w];
  film.logZ = (n, w) => parts.log_z[n * windows + w];
  const candidates = cut(parts.candidates, parts.candidates.length / parts.chosen.length);
  const logP = cut(parts.log_p, parts.log_p.length / parts.chosen.length);
  /** The candidates of a window, best first: [item, probability, score n]. */
  const known = new Map(); // every view of a step asks for the same rows
  film.rows = (n, w) => {
    const key = n * windows + w;
    if (known.has(key)) return known.get(key);
    const [items, logs] = [candidates(n, w), logP(n, w)];
    const rows = [];
    for (let i = 0; i < items.length && items[i] >= 0; i++)
      rows.push([items[i], Math.exp(logs[i]), film.temperature * (logs[i] + film.logZ(n, w))]);
    known.set(key, rows);
    return rows;
  };
  const row = new Map([...parts.of].map((item, i) => [item, i]));
  /** The embedding a_k of an item, or null where the film did not bring it. */
  film.embedding = (item) => {
    if (!row.has(item)) return null;
    const from = row.get(item) * film.dim;
    return Float32Array.from(parts.a.subarray(from, from + film.dim), (v) => (v * film.scale) / 32767);
  };
  film.offset = (item) => parts.a0[item];
  const [low, high] = film.gamma_range;
  /** gamma - c of a window as it is read. */
  film.input = (n, w) => Float32Array.from(film.before(n, w), (v) => low + (v / 255) * (high - low) - film.centre);
  return film;
}
