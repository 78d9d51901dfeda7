import { inOneBlock, isAscii, maxName, type TarPlace, tarPlace } from './tar-header';

/** A directory that many entries lie in: what their paths have in common is looked at once. */
export class TarDirectory {
  /** Its path with a slash behind it. */
  readonly start: string;
  /** Characters that a file's name may have to fit into the header behind the directory. */
  readonly #room: number;

  constructor(path: string) {
    this.start = `${path}/`;
    this.#room = isAscii(path) ? maxName - this.start.length : -1;
  }

  place(file: string): TarPlace {
    if (file.length > this.#room || !isAscii(file)) return tarPlace(this.start + file);
    return inOneBlock(this.start, file);
  }
}
