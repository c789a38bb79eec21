// A snapshot of the stage: what is seen, as SVG with real text, or as PNG.

/** The part of a page as an SVG document: boxes, texts, lines and canvases, where they stand. */
function snapshot(root) {
  const frame = root.getBoundingClientRect();
  const shapes = [];
  const visit = (element) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || element.matches("dialog, .extras, .unseen")) return;
    const box = element.getBoundingClientRect();
    const [x, y] = [box.x - frame.x, box.y - frame.y];
    if (box.width && box.height) {
      if (element instanceof SVGSVGElement) return shapes.push(standalone(element, x, y, box));
      shapes.push(...painted(element, style, x, y, box));
    }
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) shapes.push(...written(child, style, frame));
      else if (child.nodeType === Node.ELEMENT_NODE) visit(child);
    }
  };
  visit(root);
  const paper = getComputedStyle(root).getPropertyValue("--paper") || "white";
  const size = { width: Math.ceil(frame.width), height: Math.ceil(frame.height) };
  const whole = drawn("svg", { xmlns: SVG, ...size, viewBox: `0 0 ${size.width} ${size.height}` }, drawn("rect", { width: "100%", height: "100%", fill: paper }), ...shapes);
  return { text: new XMLSerializer().serializeToString(whole), ...size };
}

/** Background, border and picture of an element. */
function painted(element, style, x, y, box) {
  const made = [];
  const [fill, border] = [style.backgroundColor, parseFloat(style.borderTopWidth) || 0];
  const seen = !/, 0\)$|transparent/.test(fill);
  if (seen || (border && !/, 0\)$|transparent/.test(style.borderTopColor))) {
    const line = border ? { stroke: style.borderTopColor, "stroke-width": border } : {};
    const dash = style.borderTopStyle === "dashed" ? { "stroke-dasharray": "4 3" } : {};
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
    made.push(drawn("rect", { x, y, width: box.width, height: box.height, rx: radius, fill: seen ? fill : "none", "fill-opacity": style.opacity, ...line, ...dash }));
  }
  if (element instanceof HTMLCanvasElement && element.width)
    made.push(drawn("image", { x, y, width: box.width, height: box.height, href: element.toDataURL(), preserveAspectRatio: "none" }));
  if (element instanceof HTMLImageElement && element.naturalWidth) {
    const copy = Object.assign(document.createElement("canvas"), { width: element.naturalWidth, height: element.naturalHeight });
    copy.getContext("2d").drawImage(element, 0, 0);
    made.push(drawn("image", { x, y, width: box.width, height: box.height, href: copy.toDataURL("image/jpeg", 0.92), preserveAspectRatio: "none" }));
  }
  return made;
}

/** A run of text, a line of it at a time. */
function written(text, style, frame) {
  if (!text.data.trim()) return [];
  const range = document.createRange();
  const lines = [];
  for (let i = 0; i < text.length; i++) {
    range.setStart(text, i);
    range.setEnd(text, i + 1);
    const box = range.getClientRects()[0];
    if (!box || !box.width) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.y - box.y) < 2) line.text += text.data[i];
    else lines.push({ x: box.x, y: box.y, height: box.height, text: text.data[i] });
  }
  return lines.map(({ x, y, height, text }) =>
    drawn("text", { x: x - frame.x, y: y - frame.y + height * 0.78, fill: style.color, "font-family": style.fontFamily.replaceAll('"', "'"), "font-size": style.fontSize, "font-weight": style.fontWeight, "xml:space": "preserve" }, text),
  );
}

/** A drawing within the page, with the colours that its style sheet gives it. */
function standalone(svg, x, y, box) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "font-size", "font-weight", "font-family", "text-anchor", "paint-order", "opacity"])
      to[i].setAttribute(name, style.getPropertyValue(name).replaceAll('"', "'"));
    to[i].removeAttribute("style");
  });
  for (const [name, value] of Object.entries({ x, y, width: box.width, height: box.height })) copy.setAttribute(name, value);
  return copy;
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Save what a part of the page shows, as "svg" or "png". */
async function save(root, kind, name) {
  const { text, width, height } = snapshot(root);
  const drawing = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") return download(drawing, `${name}.svg`);
  const image = new Image();
  image.src = URL.createObjectURL(drawing);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((blob) => download(blob, `${name}.png`), "image/png");
}
