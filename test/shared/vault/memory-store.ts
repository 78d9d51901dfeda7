export { type BucketKind, MemoryBucket } from '../../harness/memory-bucket';
export { MemoryStore } from '../../harness/memory-store';
