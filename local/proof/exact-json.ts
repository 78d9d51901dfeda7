/**
 * Parses JSON without losing a digit: a number that a JavaScript number cannot hold exactly comes back as the string
 * `number:<its digits>`, so that two of them compare as they are written.
 */
export function parseExactly(json: string): unknown {
  return JSON.parse(
    json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : `"number:${token}"`,
    ),
  );
}
