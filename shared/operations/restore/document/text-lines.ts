import { LifeboatError } from '../../../platform/errors';

/**
 * The lines of a text that comes in pieces, without their ends.
 * @throws LifeboatError `corrupt` naming `what` for a line that is longer than `maxBytes`
 */
export async function* textLines(
  pieces: AsyncIterable<Buffer>,
  { what, maxBytes }: { what: string; maxBytes: number },
): AsyncGenerator<string, void> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end !== -1; end = piece.indexOf(0x0a, from)) {
      rest.push(piece.subarray(from, end));
      yield Buffer.concat(rest).toString('utf8');
      rest = [];
      length = 0;
      from = end + 1;
    }
    // Whoever gives the pieces may use their memory again.
    if (from < piece.length) rest.push(Buffer.from(piece.subarray(from)));
    length += piece.length - from;
    if (length > maxBytes)
      throw new LifeboatError('corrupt', `${what} has a line of more than ${maxBytes} bytes`);
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}
