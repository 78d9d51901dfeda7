import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Bucket } from './bucket';
import type { BucketConfig } from './bucket-config';
import { lockDirectory } from './directory-lock';
import { KeyLock } from './key-lock';

/** All buckets of a server, in files below one folder. */
export class Storage {
  readonly #buckets = new Map<string, Bucket>();
  readonly #lock = new KeyLock();

  #unlock: () => Promise<void> = async () => {};

  private constructor(private readonly directory: string) {}

  /** Opens what is there and clears away what a killed process left half done. Throws `conflict` when another has it open. */
  static async open(directory: string): Promise<Storage> {
    const storage = new Storage(directory);
    await mkdir(directory, { recursive: true });
    storage.#unlock = await lockDirectory(directory);
    await rm(storage.#temporary, { recursive: true, force: true });
    await mkdir(storage.#temporary, { recursive: true });
    await mkdir(join(directory, 'buckets'), { recursive: true });
    for (const name of await readdir(join(directory, 'buckets'))) {
      const bucket = await Bucket.open(storage.#path(name), storage.#temporary);
      if (bucket) storage.#buckets.set(name, bucket);
      else await rm(storage.#path(name), { recursive: true, force: true });
    }
    return storage;
  }

  /** Lets others open the folder. */
  async close(): Promise<void> {
    await this.#unlock();
  }

  bucket(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  buckets(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
  }

  /** The bucket of that name as it is, if there is one. */
  async create(config: BucketConfig): Promise<Bucket> {
    return this.#lock.run(config.name, async () => {
      const present = this.#buckets.get(config.name);
      if (present) return present;
      const bucket = await Bucket.create(this.#path(config.name), this.#temporary, config);
      this.#buckets.set(config.name, bucket);
      return bucket;
    });
  }

  async remove(bucket: Bucket): Promise<void> {
    await this.#lock.run(bucket.config.name, async () => {
      this.#buckets.delete(bucket.config.name);
      await bucket.remove();
    });
  }

  get #temporary(): string {
    return join(this.directory, 'temporary');
  }

  #path(name: string): string {
    return join(this.directory, 'buckets', name);
  }
}
