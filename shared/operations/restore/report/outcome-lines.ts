import { gzipSync } from 'node:zlib';
import type { ObjectOutcome } from './outcome';

/** Lines are compressed in pieces of this many characters, so that a report of any length stays small. */
const pieceLength = 128 * 1024;

/** Collects the outcome of every object as gzipped JSON lines. */
export class OutcomeLines {
  readonly #pieces: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;

  add(outcome: ObjectOutcome): void {
    const line = `${JSON.stringify(outcome)}\n`;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= pieceLength) this.#compress();
  }

  /** Everything so far; gzip members joined. */
  gzip(): Buffer {
    this.#compress();
    return this.#pieces.length > 0 ? Buffer.concat(this.#pieces) : gzipSync('');
  }

  #compress(): void {
    if (this.#lines.length === 0) return;
    this.#pieces.push(gzipSync(this.#lines.join('')));
    this.#lines = [];
    this.#length = 0;
  }
}
