/** RAM's wildcards: `*` is any text, also an empty one and with slashes, `?` one character. Everything else is itself. */
export function matches(pattern: string, text: string): boolean {
  // The last `*`, and up to where its text reaches so far: on a mismatch it takes one character more.
  let [at, position] = [0, 0];
  let star: { at: number; position: number } | undefined;
  while (position < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = { at, position };
      at += 1;
    } else if (wanted === '?' || wanted === text[position]) {
      at += 1;
      position += 1;
    } else if (star) {
      star.position += 1;
      at = star.at + 1;
      position = star.position;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
