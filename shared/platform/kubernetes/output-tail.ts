import { StringDecoder } from 'node:string_decoder';

/** What is shown of an output. */
const shownLines = 20;
const shownBytes = 4096;
/** What is kept to mask in: a value that begins before what is shown is found all the same. */
const keptCharacters = 4 * shownBytes;

/**
 * Keeps the end of what a command writes, in bounded memory. A line is never mixed with one of the other stream, so that a mask
 * finds in it what was written together.
 */
export class OutputTail {
  readonly #streams = { stdout: new Lines(), stderr: new Lines() };
  #kept: string[] = [];
  #characters = 0;

  add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    for (const line of this.#streams[stream].add(chunk)) this.#keep(line);
  }

  /**
   * What is kept, without control characters: more than is shown, so that a mask finds values that begin before it. It may hold
   * secrets until it is masked; `lastLines` cuts it.
   */
  text(): string {
    for (const stream of Object.values(this.#streams)) for (const line of stream.end()) this.#keep(line);
    return withoutControls(this.#kept.join('\n'));
  }

  #keep(line: string): void {
    this.#kept.push(line);
    this.#characters += line.length + 1;
    while (this.#characters > keptCharacters && this.#kept.length > 1) {
      this.#characters -= this.#kept.shift()!.length + 1;
    }
  }
}

/** Cuts the chunks of one stream into lines. Of a line without an end only the last part is kept. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  add(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk.subarray(-2 * keptCharacters))).split('\n');
    this.#rest = lines.pop()!.slice(-keptCharacters);
    return lines.slice(-keptCharacters).map((line) => line.slice(-keptCharacters));
  }

  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

/** The last 20 lines of a text, and no more than 4 KB of them. */
export function lastLines(text: string): string[] {
  if (text === '') return [];
  const shown: string[] = [];
  let bytes = 0;
  for (const line of text.split('\n').slice(-shownLines).reverse()) {
    const left = shownBytes - bytes;
    if (left <= 0) break;
    const encoded = Buffer.from(line);
    bytes += encoded.length + 1;
    if (encoded.length <= left) shown.unshift(line);
    else shown.unshift(`…${encoded.subarray(-left).toString('utf8').replace(/^�+/, '')}`);
  }
  return shown;
}

/** Escape sequences of terminals, whole; what else steers a terminal or turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;
const controls = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Removes what steers a terminal; a line break stays, a tab becomes a space. */
export function withoutControls(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/\t/g, ' ').replace(sequences, '').replace(controls, '');
}
