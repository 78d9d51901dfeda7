import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/platform/clock';
import { crc64 } from '../../shared/platform/oss/crc64';
import { StoreError } from '../../shared/platform/oss/store-error';
import { ObjectsByFolder } from './objects-by-folder';

/** The three kinds of buckets a vault may be in. */
export type BucketKind = 'plain' | 'versioned' | 'worm';

interface Stored {
  body: Buffer;
  lastModified: Date;
}

export type Operation = 'get' | 'put' | 'create' | 'list' | 'delete' | 'upload';

/** What happens around a request, so that a test can let others act, or fail it. `key` is the bucket's. */
export type Around = (operation: Operation, key: string) => Promise<void> | void;

/** The objects and uploads of a bucket in memory, and its rules. */
export class MemoryObjects {
  readonly objects = new ObjectsByFolder<Stored>();
  readonly uploads = new Map<string, { key: string; parts: Map<number, Buffer>; initiated: Date }>();
  /** Every set of bytes that a key ever had, by SHA-256. */
  readonly history = new Map<string, Set<string>>();
  /** What a versioned bucket keeps of each key since it was last deleted, the newest first. */
  readonly #versions = new Map<string, (Stored & { id: string })[]>();
  #nextVersion = 1;
  nextUpload = 1;
  onWrite: (key: string) => void = () => {};
  /** WORM's retention. */
  retentionMs = Number.POSITIVE_INFINITY;

  before: Around = () => {};
  after: Around = () => {};
  readonly kind: BucketKind;
  readonly #clock: Clock | undefined;
  readonly #crcs = new WeakMap<Buffer, string>();
  #now = new Date('2026-11-22T00:00:00Z');

  /** @param of a plain bucket with this clock, or one of a kind whose time the test sets */
  constructor(
    of: BucketKind | Clock = 'plain',
    readonly name = 'memory',
  ) {
    this.kind = typeof of === 'string' ? of : 'plain';
    this.#clock = typeof of === 'string' ? undefined : of;
  }

  /** By a clock OSS tells whole seconds; what a test sets stays as it is. */
  get now(): Date {
    if (!this.#clock) return this.#now;
    return new Date(Math.floor(this.#clock.now().getTime() / 1_000) * 1_000);
  }

  set now(time: Date) {
    this.#now = time;
  }

  /** Keys in byte order. */
  keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  write(key: string, body: Buffer): void {
    this.refuseImmutable(key);
    const stored = { body, lastModified: this.now };
    this.objects.set(key, stored);
    if (this.kind === 'versioned')
      this.#versions.set(key, [{ ...stored, id: `v${this.#nextVersion++}` }, ...this.versionsOf(key)]);
    const versions = this.history.get(key) ?? new Set();
    versions.add(createHash('sha256').update(body).digest('hex'));
    this.history.set(key, versions);
    this.onWrite(key);
  }

  remove(key: string): void {
    this.refuseImmutable(key);
    this.objects.delete(key);
    this.#versions.delete(key);
  }

  versionsOf(key: string): readonly (Stored & { id: string })[] {
    return this.#versions.get(key) ?? [];
  }

  /** CRC-64 of a stored body, worked out once. */
  crcOf(body: Buffer): string {
    const known = this.#crcs.get(body) ?? crc64(body);
    this.#crcs.set(body, known);
    return known;
  }

  refuseImmutable(key: string): void {
    const there = this.objects.get(key);
    const age = there ? this.now.getTime() - there.lastModified.getTime() : 0;
    if (there && this.kind === 'worm' && age < this.retentionMs) {
      throw new StoreError('denied', {
        op: 'DeleteObject',
        place: key,
        code: 'FileImmutable',
        status: 409,
        transient: false,
        ambiguous: false,
      });
    }
  }
}
