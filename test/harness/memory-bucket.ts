import { MemoryObjects } from './memory-objects';
import { MemoryStore } from './memory-store';

export type { BucketKind, Operation } from './memory-objects';

/** What lies behind any number of stores that look at it. */
export class MemoryBucket extends MemoryObjects {
  store(prefix = ''): MemoryStore {
    return new MemoryStore(this, prefix);
  }
}
