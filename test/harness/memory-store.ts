import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock';
import { LifeboatError } from '../../shared/errors';
import type { Creation, ListOptions, ListPage, ObjectHead, ObjectStore } from '../../shared/store/port';

interface Stored {
  body: Buffer;
  lastModified: Date;
}

/** What happens around a call, so that a test can let others act, or fail it. */
export type Around = (op: 'get' | 'put' | 'create' | 'list' | 'delete', key: string) => Promise<void> | void;

/** A bucket in memory with one clock, for tests of what lies above the store. Multipart is not in it. */
export class MemoryBucket {
  readonly objects = new Map<string, Stored>();
  before: Around = () => {};
  after: Around = () => {};

  constructor(
    readonly clock: Clock,
    readonly name = 'memory-bucket',
  ) {}

  store(prefix = ''): ObjectStore {
    return memoryStore(this, prefix);
  }

  /** Keys in byte order. */
  keys(): string[] {
    return [...this.objects.keys()].sort();
  }
}

function etagOf({ body }: Pick<Stored, 'body'>): string {
  return `"${createHash('md5').update(body).digest('hex').toUpperCase()}"`;
}

function memoryStore(bucket: MemoryBucket, prefix: string): ObjectStore {
  const { objects, clock } = bucket;
  const seconds = () => new Date(Math.floor(clock.now().getTime() / 1_000) * 1_000);
  const headOf = (key: string, stored: Stored): ObjectHead => ({
    key,
    size: stored.body.length,
    etag: etagOf(stored),
    lastModified: stored.lastModified,
    date: seconds(),
    meta: {},
  });
  async function call<T>(op: Parameters<Around>[0], key: string, act: () => T): Promise<T> {
    await bucket.before(op, prefix + key);
    const result = act();
    await bucket.after(op, prefix + key);
    return result;
  }
  const unsupported = () => {
    throw new Error('the memory store has no multipart upload');
  };
  return {
    name: `oss://${bucket.name}/${prefix}`,
    bucket: bucket.name,
    prefix,
    head: (key) =>
      call('get', key, () => {
        const stored = objects.get(prefix + key);
        return stored && headOf(key, stored);
      }),
    get: (key) =>
      call('get', key, () => {
        const stored = objects.get(prefix + key);
        if (!stored) throw new LifeboatError('not-found', `get ${prefix}${key}: there is no such object`);
        return { head: headOf(key, stored), body: stored.body };
      }),
    read: async function* (key) {
      const stored = objects.get(prefix + key);
      if (!stored) throw new LifeboatError('not-found', `get ${prefix}${key}: there is no such object`);
      yield stored.body;
    },
    put: (key, body) =>
      call('put', key, () => {
        const stored = { body: Buffer.from(body), lastModified: seconds() };
        objects.set(prefix + key, stored);
        return headOf(key, stored);
      }),
    create: (key, body) =>
      call('create', key, (): Creation => {
        if (objects.has(prefix + key)) return { created: false, date: seconds() };
        objects.set(prefix + key, { body: Buffer.from(body), lastModified: seconds() });
        return { created: true, date: seconds() };
      }),
    list: async function* (below, options: ListOptions = {}) {
      await bucket.before('list', prefix + below);
      yield* pages(bucket, prefix, below, options, seconds());
    },
    delete: (keys) =>
      call('delete', keys.join(' '), () => {
        for (const key of keys) objects.delete(prefix + key);
      }),
    startUpload: async () => unsupported(),
    resumeUpload: () => unsupported(),
    uploads: async function* () {},
    at: (below) => memoryStore(bucket, `${prefix}${below}`.replace(/([^/])$/, '$1/')),
  };
}

function* pages(
  bucket: MemoryBucket,
  prefix: string,
  below: string,
  { delimiter, after = '', pageSize = 1_000 }: ListOptions,
  date: Date,
): Iterable<ListPage> {
  const found = bucket
    .keys()
    .filter((key) => key.startsWith(prefix + below) && key.slice(prefix.length) > after)
    .map((key) => key.slice(prefix.length));
  let page: ListPage = { objects: [], prefixes: [], date };
  const seen = new Set<string>();
  for (const key of found) {
    const cut = delimiter ? key.indexOf(delimiter, below.length) : -1;
    if (cut >= 0) {
      const directory = key.slice(0, cut + 1);
      if (!seen.has(directory)) page.prefixes.push(directory);
      seen.add(directory);
    } else {
      const { body, lastModified } = bucket.objects.get(prefix + key)!;
      page.objects.push({ key, size: body.length, etag: etagOf({ body }), lastModified });
    }
    if (page.objects.length + page.prefixes.length >= pageSize) {
      yield page;
      page = { objects: [], prefixes: [], date };
    }
  }
  yield page;
}
