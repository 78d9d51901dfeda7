import type { Clock } from '../../shared/platform/clock';
import type {
  CreateOptions,
  Creation,
  ListOptions,
  ListPage,
  ObjectStore,
} from '../../shared/platform/oss/port';
import { MemoryBucket } from '../../test/harness/memory-bucket';
import { MemoryStore } from '../../test/harness/memory-store';

/** A bucket in memory whose stores are asked as often as OSS is by the client: lists in pages, deletions in batches. */
export interface CountedBucket {
  store(prefix: string): ObjectStore;
  /** So far. */
  requests(): number;
}

export function countedBucket(clock: Clock): CountedBucket {
  const bucket = new MemoryBucket(clock);
  let requests = 0;
  /** While a deletion of many keys goes on, which is counted as a whole. */
  let deleting = 0;
  bucket.before = (operation) => {
    if (operation !== 'delete' || deleting === 0) requests += 1;
  };

  class CountedStore extends MemoryStore {
    override at(prefix: string): CountedStore {
      return new CountedStore(this.memory, this.prefix + prefix, this.hooks);
    }

    /** One that must not be made twice for certain is looked for first. */
    override async create(key: string, body: Buffer, options: CreateOptions = {}): Promise<Creation> {
      const there = options.exclusive === false && !options.absent ? await this.head(key) : undefined;
      return there ? { created: false, date: there.date } : super.create(key, body, options);
    }

    override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
      const { pageSize = 1_000 } = options;
      for await (const { objects, prefixes, date } of super.list(prefix, options)) {
        yield { objects: objects.slice(0, pageSize), prefixes, date };
        for (let at = pageSize; at < objects.length; at += pageSize) {
          requests += 1;
          yield { objects: objects.slice(at, at + pageSize), prefixes: [], date };
        }
      }
    }

    /** Each batch is deleted, and looked at once whether it is gone. */
    override async delete(keys: readonly string[]): Promise<void> {
      requests += 2 * Math.ceil(keys.length / 1_000);
      deleting += 1;
      await super.delete(keys);
      deleting -= 1;
    }
  }
  return { store: (prefix) => new CountedStore(bucket, prefix), requests: () => requests };
}
