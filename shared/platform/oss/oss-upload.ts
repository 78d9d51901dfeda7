import type OSS from 'ali-oss';
import { isKind, LifeboatError } from '../errors';
import { type CallOptions, waitFor } from './oss-connection';
import { checkMeta, parseHead } from './object-head';
import { takenCodes } from './oss-create';
import { headObject } from './oss-head';
import type { OssPlace } from './oss-place';
import { contentMd5 } from './oss-put';
import { crcMismatch } from './oss-read';
import type { ObjectHead, PutOptions, ReceivedPart, Upload, UploadedPart } from './port';
import { retrying } from './retry';
import { hasBytes } from './same-bytes';
import { checkKey } from './store-key';
import { hasCode, StoreError } from './store-error';

/** How often an upload is aborted that does not go, and how long is waited between, milliseconds. */
const abortTries = 5;
const abortPause = 1_000;

interface Expected {
  size: number;
  crc64: string;
}

/** ObjectStore.startUpload */
export async function startUpload(place: OssPlace, key: string, options: PutOptions = {}): Promise<Upload> {
  checkKey(place.full(key));
  const meta = checkMeta(options.meta);
  const id = await place.connection.call(
    'InitiateMultipartUpload',
    place.describe(key),
    async (client) => {
      const { uploadId } = await client.initMultipartUpload(place.full(key), {
        mime: options.contentType ?? 'application/octet-stream',
        // Fresh objects each time: ali-oss writes into them.
        meta: { ...meta },
        headers: {},
      });
      if (!uploadId) throw new Error('no upload id');
      return uploadId;
    },
    { signal: options.signal },
  );
  return new OssUpload(place, key, id);
}

/** A multipart upload, by OSS's low-level calls alone. */
export class OssUpload implements Upload {
  readonly #place: OssPlace;

  constructor(
    place: OssPlace,
    readonly key: string,
    readonly id: string,
  ) {
    this.#place = place;
  }

  async part(number: number, body: Buffer, signal?: AbortSignal): Promise<UploadedPart> {
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new LifeboatError('invalid', `${this.#name} has no part ${number}`, {
        hint: 'parts are 1 to 10,000',
      });
    }
    const md5 = contentMd5(body);
    const etag = await this.#call(
      'UploadPart',
      async (client) => {
        // ali-oss's own uploadPart sends a Buffer as a one-shot stream and without MD5.
        const { res } = await client.put(this.#place.full(this.key), body, {
          mime: 'application/octet-stream',
          headers: { 'Content-MD5': md5 },
          subres: { partNumber: number, uploadId: this.id },
        });
        if (!res.headers.etag) throw new Error('no ETag');
        return res.headers.etag;
      },
      { signal },
    );
    return { number, etag };
  }

  async complete(
    parts: readonly UploadedPart[],
    expected: Expected,
    { createOnly = false, absent = false }: { createOnly?: boolean; absent?: boolean } = {},
  ): Promise<ObjectHead> {
    if (createOnly && !absent) {
      // On a bucket that keeps versions OSS does not look, so it is done here.
      const there = await this.#compare(expected);
      if (there.state === 'other') throw this.#taken();
      if (there.state === 'ours') return there.head;
    }
    const { connection } = this.#place;
    return retrying((_, before) => this.#completeOnce(parts, expected, createOnly, before), {
      clock: connection.clock,
      random: connection.random,
      policy: connection.policy,
      waitFor,
    });
  }

  async parts(): Promise<Map<number, ReceivedPart>> {
    const received = new Map<number, ReceivedPart>();
    for (let after = 0; ; ) {
      const page = await this.#call('ListParts', (client) =>
        client.listParts(this.#place.full(this.key), this.id, {
          'max-parts': 1000,
          'part-number-marker': after,
        }),
      );
      for (const { PartNumber, ETag, Size } of [page.parts].flat())
        received.set(Number(PartNumber), { etag: ETag, size: Number(Size) });
      const next = Number(page.nextPartNumberMarker);
      if (page.isTruncated !== 'true' || !(next > 0)) return received;
      // An upload has 10,000 parts at most, so this ends.
      if (!(next > after && next <= 10_000)) {
        throw new LifeboatError('unavailable', `The parts of ${this.#name} are listed again and again`, {
          hint: 'something else answers in the place of OSS: check the endpoint and any proxy',
        });
      }
      after = next;
    }
  }

  async abort(): Promise<void> {
    const { clock } = this.#place.connection;
    for (let tried = 1; ; tried++) {
      try {
        await this.#call('AbortMultipartUpload', (client) =>
          client.abortMultipartUpload(this.#place.full(this.key), this.id),
        );
      } catch (error) {
        if (!hasCode(error, 'NoSuchUpload', 'NoSuchKey')) throw error;
        return;
      }
      // A part that OSS was still taking may have kept it.
      if (await this.#isGone()) return;
      if (tried === abortTries) throw this.#stays();
      await clock.sleep(abortPause);
    }
  }

  /** True also where the key may not look. */
  async #isGone(): Promise<boolean> {
    try {
      await this.#call('ListParts', (client) =>
        client.listParts(this.#place.full(this.key), this.id, { 'max-parts': 1 }),
      );
      return false;
    } catch (error) {
      if (isKind(error, 'not-found') || isKind(error, 'denied')) return true;
      throw error;
    }
  }

  #stays(): LifeboatError {
    return new LifeboatError('unavailable', `${this.#name} is still there after it was aborted`, {
      hint: 'the hourly pass aborts it again once its run has ended',
    });
  }

  async #completeOnce(
    parts: readonly UploadedPart[],
    expected: Expected,
    createOnly: boolean,
    before: unknown,
  ): Promise<ObjectHead> {
    try {
      const crc = await this.#call(
        'CompleteMultipartUpload',
        async (client) => {
          const { res } = await client.completeMultipartUpload(
            this.#place.full(this.key),
            this.id,
            parts.map(({ number, etag }) => ({ number, etag })),
            { headers: createOnly ? { 'x-oss-forbid-overwrite': 'true' } : {} },
          );
          return parseHead(this.key, res.headers, expected.size).crc64;
        },
        { retry: false, before, idle: this.#place.connection.timeouts.complete },
      );
      if (crc !== undefined && crc !== expected.crc64) throw this.#damaged();
    } catch (error) {
      return this.#resolve(error, expected);
    }
    const there = await this.#compare(expected);
    if (there.state === 'ours') return there.head;
    throw there.state === 'other' ? this.#damaged() : this.#removed();
  }

  /** A completion that failed may have happened, now or in an earlier try, or that of somebody who replays it. */
  async #resolve(error: unknown, expected: Expected): Promise<ObjectHead> {
    if (!(error instanceof StoreError)) throw error;
    const taken = hasCode(error, ...takenCodes);
    const gone = hasCode(error, 'NoSuchUpload');
    if (!taken && !gone && !error.failure.ambiguous) throw error;
    const there = await this.#compare(expected);
    if (there.state === 'ours') return there.head;
    throw taken || (gone && there.state === 'other') ? this.#taken() : error;
  }

  async #compare(
    expected: Expected,
  ): Promise<{ state: 'absent' } | { state: 'other' } | { state: 'ours'; head: ObjectHead }> {
    const head = await headObject(this.#place, this.key);
    if (!head) return { state: 'absent' };
    return (await hasBytes(this.#place, head, expected)) ? { state: 'ours', head } : { state: 'other' };
  }

  #taken(): LifeboatError {
    return new LifeboatError('conflict', `${this.#name} exists already with other bytes`, {
      hint: 'names of backups and restores are never used again; choose another',
    });
  }

  #removed(): LifeboatError {
    return new LifeboatError('conflict', `${this.#name} was completed and removed at once`, {
      hint: 'find out what else writes to this prefix',
    });
  }

  #damaged(): StoreError {
    return crcMismatch(this.#place, this.key, 'CompleteMultipartUpload');
  }

  get #name(): string {
    return this.#place.describe(this.key);
  }

  #call<T>(op: string, run: (client: OSS) => Promise<T>, options?: CallOptions): Promise<T> {
    return this.#place.connection.call(op, this.#name, run, options);
  }
}
