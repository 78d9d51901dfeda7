import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './atomic-file';
import { Bodies } from './bodies';
import type { BucketConfig } from './bucket-config';
import { KeyIndex } from './key-index';
import { KeyLock } from './key-lock';
import type { KeyRecord, ObjectVersion, Segment } from './object-version';
import { Uploads } from './uploads';

/**
 * One bucket on disk: `bucket.json`, `keys/<xx>/<sha256 of the key>.json` (all versions of a key), `bodies/` (immutable
 * content) and `uploads/`. A write makes the body durable, then the key's file visible in one rename; bodies that no key
 * and no part refers to are what a killed process left, and are removed when the bucket is opened.
 */
export class Bucket {
  readonly objects = new KeyIndex<KeyRecord>();
  readonly bodies: Bodies;
  readonly uploads: Uploads;
  /** By key; the bucket's own file under the empty one, which no object has. */
  readonly #lock = new KeyLock();

  private constructor(
    private readonly directory: string,
    private readonly temporary: string,
    public config: BucketConfig,
  ) {
    this.bodies = new Bodies(join(directory, 'bodies'));
    this.uploads = new Uploads(join(directory, 'uploads'), temporary, this.bodies);
  }

  static async create(directory: string, temporary: string, config: BucketConfig): Promise<Bucket> {
    for (const folder of ['keys', 'bodies', 'uploads'])
      await mkdir(join(directory, folder), { recursive: true });
    const bucket = new Bucket(directory, temporary, config);
    await bucket.configure({});
    return bucket;
  }

  /** Undefined for a folder whose bucket was not yet made, or was being removed, when the process was killed. */
  static async open(directory: string, temporary: string): Promise<Bucket | undefined> {
    const config = await readFile(join(directory, 'bucket.json'), 'utf8').catch(() => undefined);
    if (config === undefined) return undefined;
    const bucket = new Bucket(directory, temporary, JSON.parse(config));
    await bucket.uploads.load();
    bucket.objects.load(await bucket.#readKeys());
    for (const upload of bucket.uploads.list()) {
      const ended = bucket.versions(upload.key).some(({ uploadId }) => uploadId === upload.id);
      if (ended) await bucket.uploads.forget(upload);
    }
    await bucket.#removeLeftovers();
    return bucket;
  }

  async configure(change: Partial<BucketConfig>): Promise<void> {
    await this.#lock.run('', async () => {
      const config = { ...this.config, ...change };
      await replaceFile(this.temporary, join(this.directory, 'bucket.json'), JSON.stringify(config));
      this.config = config;
    });
  }

  versions(key: string): readonly ObjectVersion[] {
    return this.objects.get(key)?.versions ?? [];
  }

  /** The newest version; undefined where there is none or it is a delete marker. */
  current(key: string): ObjectVersion | undefined {
    const newest = this.versions(key)[0];
    return newest?.deleteMarker ? undefined : newest;
  }

  /**
   * Changes what is kept about a key, alone: `decide` sees the versions and returns the new ones, or throws. Bodies that
   * are referred to no more are removed.
   */
  async change<T>(
    key: string,
    decide: (versions: readonly ObjectVersion[]) => Promise<{ versions: ObjectVersion[]; result: T }>,
  ): Promise<T> {
    return this.#lock.run(key, async () => {
      const before = this.versions(key);
      const { versions, result } = await decide(before);
      const path = this.#keyPath(key);
      if (versions.length > 0) {
        await mkdir(join(path, '..'), { recursive: true });
        await replaceFile(this.temporary, path, JSON.stringify({ key, versions } satisfies KeyRecord));
        this.objects.set(key, { key, versions });
      } else {
        await rm(path, { force: true });
        this.objects.delete(key);
      }
      const kept = new Set(versions.flatMap(({ body }) => body.map(({ file }) => file)));
      const dropped = before.flatMap(({ body }) => body).filter(({ file }) => !kept.has(file));
      await this.bodies.remove(dropped);
      return result;
    });
  }

  /** Removes bodies of a write that failed, unless it became visible before it failed. */
  async discard(key: string, segments: readonly Segment[]): Promise<void> {
    const kept = new Set(this.versions(key).flatMap(({ body }) => body.map(({ file }) => file)));
    await this.bodies.remove(segments.filter(({ file }) => !kept.has(file)));
  }

  /** The bucket's own file goes first: a folder without one is a leftover. */
  async remove(): Promise<void> {
    await rm(join(this.directory, 'bucket.json'));
    await rm(this.directory, { recursive: true, force: true });
  }

  #keyPath(key: string): string {
    const name = createHash('sha256').update(key).digest('hex');
    return join(this.directory, 'keys', name.slice(0, 2), `${name}.json`);
  }

  async #readKeys(): Promise<[string, KeyRecord][]> {
    const records: [string, KeyRecord][] = [];
    for (const folder of await readdir(join(this.directory, 'keys'))) {
      for (const name of await readdir(join(this.directory, 'keys', folder))) {
        const record: KeyRecord = JSON.parse(
          await readFile(join(this.directory, 'keys', folder, name), 'utf8'),
        );
        records.push([record.key, record]);
      }
    }
    return records;
  }

  async #removeLeftovers(): Promise<void> {
    const used = new Set<string>();
    const use = (segments: Iterable<Segment>) => {
      for (const { file } of segments) used.add(file);
    };
    use(this.uploads.segments());
    for (let at = this.objects.seek(''); at; at = this.objects.next(at.bytes)) {
      for (const { body } of at.value.versions) use(body);
    }
    for (const file of await readdir(this.bodies.directory)) {
      if (!used.has(file)) await rm(join(this.bodies.directory, file), { force: true });
    }
  }
}
