/** Stands before the text of an exact number while JSON knows it as a string; NUL is in no name or value of Kubernetes. */
export const exactNumberMark = '\u0000exact-number:';

/**
 * A number whose text JSON.parse would change (an int64 beyond 2^53, `1.0`, `1e400`): kept as it was written.
 * Everything else in a document is plain JSON, so that a restore can edit it as a tree and still give every value back.
 */
export class ExactNumber {
  constructor(readonly text: string) {}
  toJSON(): string {
    return exactNumberMark + this.text;
  }
}
