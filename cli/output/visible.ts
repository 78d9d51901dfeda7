/** Control characters but line break and tab, line and paragraph separators, and what turns the direction of text. */
const steers = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
/** The colours and weights that picocolors writes; not those that hide text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for one.
const colour = /^\u001b\[(?:[0-3]|2[2-4]|3[0-79]|9[0-7])m/;

/**
 * A text as it may be shown on a terminal: what steers one is written as `\u001b`. Names, messages and logs come from
 * clusters and vaults, where anyone may have written them.
 * @param colours keep the colours that the command itself has put in
 */
export function visible(text: string, colours: boolean): string {
  return text.replace(steers, (character, at: number) => {
    if (character === '\n' || character === '\t') return character;
    if (colours && colour.test(text.slice(at, at + 6))) return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Prints a text that comes in pieces, as `visible` shows it. */
export async function printPieces(
  pieces: AsyncIterable<Buffer | string>,
  write: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const piece of pieces)
    write(visible(typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true }), false));
}
