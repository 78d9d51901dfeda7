import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OssError } from '../oss-error';
import { replaceFile } from './atomic-file';
import type { Bodies } from './bodies';
import { byteOrder } from './key-index';
import { KeyLock } from './key-lock';
import type { Segment } from './object-version';

export interface Part {
  number: number;
  size: number;
  /** Without quotes. */
  etag: string;
  crc64?: string;
  lastModified: string;
  body: Segment[];
}

export interface Upload {
  id: string;
  key: string;
  /** ISO. */
  initiated: string;
  /** What the object will be stored with. */
  headers: Record<string, string>;
  parts: Map<number, Part>;
}

/** Unfinished multipart uploads of a bucket: a folder each, a file each part. They survive a restart as objects do. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>();
  readonly #lock = new KeyLock();

  constructor(
    private readonly directory: string,
    private readonly temporary: string,
    private readonly bodies: Bodies,
  ) {}

  async load(): Promise<void> {
    for (const id of await readdir(this.directory)) {
      const head = await readFile(join(this.directory, id, 'upload.json'), 'utf8').catch(() => undefined);
      // Killed between making or removing the folder and its head: nobody was told of it, or it is finished.
      if (head === undefined) {
        await rm(join(this.directory, id), { recursive: true, force: true });
        continue;
      }
      const upload: Upload = { ...JSON.parse(head), parts: new Map() };
      for (const name of await readdir(join(this.directory, id))) {
        if (name === 'upload.json') continue;
        const part: Part = JSON.parse(await readFile(join(this.directory, id, name), 'utf8'));
        upload.parts.set(part.number, part);
      }
      this.#uploads.set(id, upload);
    }
  }

  /** Every file that a part refers to. */
  *segments(): Iterable<Segment> {
    for (const { parts } of this.#uploads.values()) for (const { body } of parts.values()) yield* body;
  }

  /** In the order of OSS: by key, then by id. */
  list(): Upload[] {
    return [...this.#uploads.values()].sort((a, b) => {
      const [left, right] = [byteOrder(a.key), byteOrder(b.key)];
      if (left !== right) return left < right ? -1 : 1;
      return a.id < b.id ? -1 : 1;
    });
  }

  get(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  async start(key: string, initiated: string, headers: Record<string, string>): Promise<Upload> {
    const upload: Upload = {
      id: randomBytes(16).toString('hex').toUpperCase(),
      key,
      initiated,
      headers,
      parts: new Map(),
    };
    await mkdir(join(this.directory, upload.id));
    await replaceFile(
      this.temporary,
      join(this.directory, upload.id, 'upload.json'),
      JSON.stringify({ id: upload.id, key, initiated, headers }),
    );
    this.#uploads.set(upload.id, upload);
    return upload;
  }

  /** Adds a part or puts it in the place of the one with its number. Throws NoSuchUpload when the upload has ended. */
  async addPart(upload: Upload, part: Part): Promise<void> {
    await this.#alone(upload, async () => {
      const path = join(this.directory, upload.id, `${part.number}.json`);
      await replaceFile(this.temporary, path, JSON.stringify(part));
      const replaced = upload.parts.get(part.number);
      upload.parts.set(part.number, part);
      if (replaced) await this.bodies.remove(replaced.body);
    });
  }

  /** Ends an upload by `work`, once: when that is done, the upload and its bytes are gone. Throws NoSuchUpload as well. */
  async end<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
    return this.#alone(upload, async () => {
      const result = await work();
      await this.forget(upload);
      return result;
    });
  }

  /** The head goes first: a folder without one is a leftover. */
  async forget(upload: Upload): Promise<void> {
    this.#uploads.delete(upload.id);
    await rm(join(this.directory, upload.id, 'upload.json'), { force: true });
    await rm(join(this.directory, upload.id), { recursive: true, force: true });
    for (const { body } of upload.parts.values()) await this.bodies.remove(body);
  }

  async #alone<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
    return this.#lock.run(upload.id, async () => {
      if (this.#uploads.get(upload.id) === upload) return work();
      throw new OssError('NoSuchUpload', { elements: { UploadId: upload.id } });
    });
  }
}
