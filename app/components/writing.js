// How words, numbers and attributes are written into the page: only where they have changed, for every part of a page
// that is touched is styled, laid out and painted anew.

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Write an element's only text. */
function write(element, text) {
  const words = element.firstChild;
  if (!words) element.append(text);
  else if (words.data !== String(text)) words.data = text;
}

/** Set attributes by name; null takes one away. */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

/** A probability in two digits that never claims more certainty than there is; the same rule as in film.py. */
const chance = (p) => (p > 0.995 ? ">0.99" : p < 0.005 ? "<0.01" : p.toFixed(2));

/** A number with its sign, as a sum is written. */
const signed = (v, digits = 2) => `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(digits)}`;
