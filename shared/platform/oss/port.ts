/**
 * The narrow port through which everything reads and writes OSS. Bound to one bucket and one prefix; keys are relative to
 * the prefix and never start with `/`. Errors are LifeboatErrors that name operation and key and hold no content:
 * `not-found`, `denied`, `unavailable` (after the retries), `corrupt` (bytes that do not match their CRC-64), `conflict`.
 */
export interface ObjectStore {
  /** For messages: `oss://bucket/prefix`. */
  readonly name: string;
  readonly bucket: string;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;

  /** Undefined when there is no such object. */
  head(key: string): Promise<ObjectHead | undefined>;
  /** The whole object (or `range`) in memory, length and CRC-64 verified. Throws `not-found`; `corrupt` above `maxBytes` (default 64 MiB). */
  get(key: string, options?: GetOptions): Promise<StoredObject>;
  /** Streams an object, verified by length and CRC-64 at its end (whole reads), resumed by range with If-Match after a break. Throws `not-found`. */
  read(key: string, options?: ReadOptions): AsyncIterable<Buffer>;
  /** Overwrites. Verified by CRC-64. */
  put(key: string, body: Buffer, options?: PutOptions): Promise<ObjectHead>;
  /**
   * Create-only put: OSS's only lock. An ambiguous answer is resolved by reading the object back: what is there with the
   * same bytes counts as created by this call (callers make bodies unique by a nonce where that matters).
   * Throws `conflict` when the bucket answers with a version id: x-oss-forbid-overwrite means nothing there.
   */
  create(key: string, body: Buffer, options?: CreateOptions): Promise<Creation>;
  /** Pages of up to 1,000 in byte order of the key. With a delimiter, `prefixes` holds the directories. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListPage>;
  /** What a bucket that keeps versions has of one object since it was last deleted, the newest first. */
  versions(key: string): Promise<ObjectVersion[]>;
  /** Deletes any number of keys; resolves when a listing or HEAD has confirmed that they are gone. Absent keys are fine. WORM: throws `denied` naming the key. */
  delete(keys: readonly string[]): Promise<void>;

  startUpload(key: string, options?: PutOptions): Promise<Upload>;
  /** The handle of an upload that somebody (perhaps another process) started. */
  resumeUpload(key: string, id: string): Upload;
  /** Unfinished multipart uploads under a prefix. */
  uploads(prefix: string): AsyncIterable<PendingUpload>;

  /** The same bucket and credentials at `prefix` below this one. */
  at(prefix: string): ObjectStore;
}

export interface ObjectHead {
  key: string;
  size: number;
  /** Quoted as OSS sends it. */
  etag: string;
  /** CRC-64/XZ as a decimal string; absent for copies. */
  crc64?: string;
  lastModified: Date;
  /** `Date` of OSS's answer: the reader's only trusted clock. */
  date: Date;
  meta: Record<string, string>;
  /** Absent on a bucket in which versioning was never switched on. */
  versionId?: string;
}

export interface StoredObject {
  head: ObjectHead;
  body: Buffer;
}

export type Creation =
  | {
      created: true;
      date: Date;
      /** As OSS answered; absent where the answer was lost. */
      etag?: string;
    }
  | { created: false; date: Date };

export interface GetOptions {
  /** First byte and one past the last. */
  range?: readonly [number, number];
  ifMatch?: string;
  maxBytes?: number;
  /** Of the object; the current one without it. */
  version?: string;
}

export interface ReadOptions {
  start?: number;
  /** One past the last byte. */
  end?: number;
  ifMatch?: string;
  /** Of the object; the current one without it. */
  version?: string;
  signal?: AbortSignal;
}

export interface PutOptions {
  contentType?: string;
  /** ASCII only. */
  meta?: Record<string, string>;
  /** OSS encrypts the object under this key of KMS: its id, or `default` for the one that OSS keeps. */
  sseKmsKey?: string;
  signal?: AbortSignal;
}

export interface CreateOptions extends PutOptions {
  /**
   * False where versioned buckets are expected and overwriting by the same bytes is harmless (side files of a vault);
   * then an existing object is looked up first. Default true.
   */
  exclusive?: boolean;
  /** With `exclusive: false`: the caller has just looked, and there was none. */
  absent?: boolean;
}

export interface ListOptions {
  delimiter?: '/';
  /** Keys greater than this only. */
  after?: string;
  pageSize?: number;
}

export interface ListPage {
  objects: ListedObject[];
  /** With a delimiter: `dir/`, relative to the store's prefix. */
  prefixes: string[];
  date: Date;
}

export interface ObjectVersion {
  id: string;
  lastModified: Date;
}

export interface ListedObject {
  key: string;
  size: number;
  etag: string;
  lastModified: Date;
}

export interface Upload {
  readonly key: string;
  readonly id: string;
  /** Numbers from 1 to 10,000; at least 100 KiB each but the last. Idempotent by number. */
  part(number: number, body: Buffer, signal?: AbortSignal): Promise<UploadedPart>;
  /**
   * Idempotent: a repeated or ambiguous completion is resolved by HEAD against length and CRC-64.
   * With `createOnly`, an existing object of other bytes throws `conflict`; it is looked for first, since a versioned bucket
   * does not say so, unless the caller has just seen that there is none (`absent`).
   */
  complete(
    parts: readonly UploadedPart[],
    expected: { size: number; crc64: string },
    options?: { createOnly?: boolean; absent?: boolean },
  ): Promise<ObjectHead>;
  /** What has arrived of it, by number. Throws `not-found` when it is completed or gone. */
  parts(): Promise<Map<number, ReceivedPart>>;
  /** Fine when it is already gone. Looks afterwards, and aborts again what a part that was on its way has kept. */
  abort(): Promise<void>;
}

export interface ReceivedPart {
  /** Quoted as OSS sends it: the upper-case MD5 of the part, unless the bucket encrypts with KMS. */
  etag: string;
  size: number;
}

export interface UploadedPart {
  number: number;
  etag: string;
}

export interface PendingUpload {
  key: string;
  id: string;
  initiated: Date;
}
