// What comes from Python comes as one run of bytes: the length of a JSON head in four bytes, the head, the rest.

/** The head, and the bytes behind it. */
function split(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), bytes.subarray(4 + length)];
}
