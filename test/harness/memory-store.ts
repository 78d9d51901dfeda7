import { createHash } from 'node:crypto';
import { LifeboatError } from '../../shared/platform/errors';
import { crc64 } from '../../shared/platform/oss/crc64';
import type {
  CreateOptions,
  Creation,
  GetOptions,
  ListOptions,
  ListPage,
  ObjectHead,
  ObjectStore,
  ObjectVersion,
  PendingUpload,
  ReadOptions,
  StoredObject,
  Upload,
  UploadedPart,
} from '../../shared/platform/oss/port';
import { MemoryObjects, type Operation } from './memory-objects';

/**
 * An ObjectStore on a map, as OSS behaves on the three kinds of buckets: x-oss-forbid-overwrite means nothing where
 * versions are kept, and WORM refuses overwriting and deleting. `before` and `after` are called around every request of this
 * store, those of the bucket around all.
 */
export class MemoryStore implements ObjectStore {
  readonly name: string;
  readonly bucket: string;

  constructor(
    readonly memory: MemoryObjects = new MemoryObjects(),
    readonly prefix = '',
    readonly hooks: {
      before?: (op: string) => Promise<void> | void;
      after?: (op: string) => Promise<void> | void;
    } = {},
  ) {
    this.bucket = memory.name;
    this.name = `oss://${memory.name}/${prefix}`;
  }

  at(prefix: string): MemoryStore {
    return new MemoryStore(this.memory, this.prefix + prefix, this.hooks);
  }

  head(key: string): Promise<ObjectHead | undefined> {
    return this.#request('head', key, () => this.#head(key));
  }

  get(key: string, options: GetOptions = {}): Promise<StoredObject> {
    return this.#request('get', key, () => {
      const head = this.#head(key);
      if (!head) throw new LifeboatError('not-found', `get ${key}: NoSuchKey`);
      const version = this.memory.versionsOf(this.prefix + key).find(({ id }) => id === options.version);
      const { body } = version ?? this.memory.objects.get(this.prefix + key)!;
      const part = options.range ? body.subarray(...options.range) : body;
      if (part.length > (options.maxBytes ?? 64 << 20))
        throw new LifeboatError('corrupt', `get ${key}: too large`);
      return { head, body: Buffer.from(part) };
    });
  }

  async *read(key: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
    const head = await this.head(key);
    if (!head) throw new LifeboatError('not-found', `read ${key}: NoSuchKey`);
    if (options.ifMatch && options.ifMatch !== head.etag)
      throw new LifeboatError('corrupt', `read ${key}: changed`);
    const { body } = this.memory.objects.get(this.prefix + key)!;
    const end = options.end ?? body.length;
    for (let at = options.start ?? 0; at < end; at += 65_536)
      yield body.subarray(at, Math.min(at + 65_536, end));
  }

  put(key: string, body: Buffer): Promise<ObjectHead> {
    return this.#request('put', key, () => {
      this.memory.write(this.prefix + key, body);
      return this.#head(key)!;
    });
  }

  async create(key: string, body: Buffer, options: CreateOptions = {}): Promise<Creation> {
    const versioned = this.memory.kind === 'versioned';
    if (versioned && options.exclusive === false && !options.absent) {
      const there = await this.head(key);
      if (there) return { created: false, date: there.date };
    }
    return this.#request('create', key, () => {
      if (versioned && options.exclusive !== false)
        throw new LifeboatError('conflict', `create ${key}: versioned`);
      const date = this.memory.now;
      // A versioned bucket takes it whatever is there.
      if (!versioned && this.memory.objects.has(this.prefix + key)) return { created: false, date };
      this.memory.write(this.prefix + key, body);
      return { created: true, date, etag: this.#head(key)!.etag };
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const page = await this.#request('list', prefix, () => {
      const keys = [...this.memory.objects.under(this.prefix + prefix)]
        .map((key) => key.slice(this.prefix.length))
        .filter((key) => !options.after || key > options.after)
        .sort();
      const prefixes = new Set<string>();
      const objects = [];
      for (const key of keys) {
        const slash = options.delimiter ? key.indexOf('/', prefix.length) : -1;
        if (slash !== -1) prefixes.add(key.slice(0, slash + 1));
        else objects.push(this.#head(key)!);
      }
      return { objects, prefixes: [...prefixes], date: this.memory.now };
    });
    yield page;
  }

  versions(key: string): Promise<ObjectVersion[]> {
    return this.#request('list', key, () => [...this.memory.versionsOf(this.prefix + key)]);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#request('delete', key, () => {
        this.memory.remove(this.prefix + key);
      });
    }
  }

  startUpload(key: string): Promise<Upload> {
    return this.#request('startUpload', key, () => {
      const id = `upload-${this.memory.nextUpload++}`;
      const upload = { key: this.prefix + key, parts: new Map<number, Buffer>(), initiated: this.memory.now };
      this.memory.uploads.set(id, upload);
      return this.resumeUpload(key, id);
    });
  }

  resumeUpload(key: string, id: string): Upload {
    return {
      key,
      id,
      part: (number, body) =>
        this.#request('part', `${key} ${number}`, (): UploadedPart => {
          this.#upload(id).parts.set(number, Buffer.from(body));
          return { number, etag: partEtag(body) };
        }),
      complete: async (parts, expected, options = {}) => {
        const same = (there: ObjectHead) => there.size === expected.size && there.crc64 === expected.crc64;
        const refused = () => new LifeboatError('conflict', `complete ${key}: other bytes`);
        const versioned = this.memory.kind === 'versioned';
        if (versioned && options.createOnly && !options.absent) {
          const there = await this.head(key);
          if (there && same(there)) return there;
          if (there) throw refused();
        }
        return this.#request('complete', key, () => {
          const there = this.#head(key);
          // A versioned bucket takes it whatever is there.
          if (there && !(versioned && this.memory.uploads.has(id))) {
            if (same(there)) return there;
            if (options.createOnly) throw refused();
          }
          const upload = this.#upload(id);
          const body = Buffer.concat(parts.map(({ number }) => upload.parts.get(number)!));
          if (crc64(body) !== expected.crc64) throw new LifeboatError('corrupt', `complete ${key}`);
          this.memory.write(this.prefix + key, body);
          this.memory.uploads.delete(id);
          return this.#head(key)!;
        });
      },
      parts: () =>
        this.#request('parts', key, () => {
          const held = [...this.#upload(id).parts];
          return new Map(held.map(([number, body]) => [number, { etag: partEtag(body), size: body.length }]));
        }),
      abort: () =>
        this.#request('abort', key, () => {
          this.memory.uploads.delete(id);
        }),
    };
  }

  async *uploads(prefix: string): AsyncGenerator<PendingUpload> {
    const pending = await this.#request('uploads', prefix, () =>
      [...this.memory.uploads].filter(([, upload]) => upload.key.startsWith(this.prefix + prefix)),
    );
    for (const [id, { key, initiated }] of pending)
      yield { key: key.slice(this.prefix.length), id, initiated };
  }

  #upload(id: string) {
    const upload = this.memory.uploads.get(id);
    if (!upload) throw new LifeboatError('not-found', `NoSuchUpload ${id}`);
    return upload;
  }

  #head(key: string): ObjectHead | undefined {
    const stored = this.memory.objects.get(this.prefix + key);
    if (!stored) return undefined;
    const crc = this.memory.crcOf(stored.body);
    const { lastModified } = stored;
    return {
      key,
      size: stored.body.length,
      etag: `"${crc}"`,
      crc64: crc,
      lastModified,
      date: this.memory.now,
      meta: {},
      ...(this.memory.kind === 'versioned' && {
        versionId: this.memory.versionsOf(this.prefix + key)[0]?.id,
      }),
    };
  }

  async #request<T>(name: string, key: string, act: () => T): Promise<T> {
    const operation = operations[name] ?? 'upload';
    await this.memory.before(operation, this.prefix + key);
    await this.hooks.before?.(`${name} ${key}`);
    const answer = act();
    await this.hooks.after?.(`${name} ${key}`);
    await this.memory.after(operation, this.prefix + key);
    return answer;
  }
}

/** As OSS: the MD5 of the part. */
function partEtag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex').toUpperCase()}"`;
}

/** What requests are to a bucket's `before` and `after`; the rest are parts of an upload. */
const operations: Record<string, Operation> = {
  head: 'get',
  get: 'get',
  put: 'put',
  create: 'create',
  list: 'list',
  delete: 'delete',
};
