import { createHash } from 'node:crypto';
import { isKind, LifeboatError } from '../../platform/errors';
import { Crc64 } from '../../platform/oss/crc64';
import type { ObjectHead, ObjectStore, ReceivedPart, Upload } from '../../platform/oss/port';
import { uploadStream } from '../../platform/oss/upload-stream';
import type { CataloguedObject } from '../../formats/vault/side-files/catalogue';
import { damaged, type ObjectToCopy } from './copy-plan';
import { proofOf } from '../../formats/vault/side-files/object-proof';
import { noteUpload, startedUploads } from '../../formats/vault/commit/started-upload';

/** Two vaults, and the run that carries objects from one to the other. */
export interface Carrier {
  from: ObjectStore;
  to: ObjectStore;
  /** Bound to the run's folder of the state: there it is written down which uploads are its own. */
  run: ObjectStore;
  attempt: number;
  signal: AbortSignal;
  /** So many bytes more were read. */
  onBytes(bytes: number): void;
}

/** Up to this an object is carried in one piece. */
const wholeBytes = 4 << 20;
/** Of the first parts; three on their way and one filling. */
const partBytes = 8 << 20;

/**
 * Copies one object, and overwrites nothing. What is there with the same length and CRC-64 is left as it is: an earlier
 * attempt put it there. An upload that one has begun is gone on with, and its parts are compared by their MD5.
 * @returns false when it was there
 * @throws LifeboatError `corrupt` when the source is not what is expected of it, `conflict` when the key holds other bytes
 */
export async function copyObject(object: ObjectToCopy, carrier: Carrier): Promise<boolean> {
  const { from, to } = carrier;
  const { key } = object;
  const there = await to.head(key);
  if (there) {
    const expected = await expectedOf(object, from);
    if (!(await hasSameBytes(to, there, expected))) throw taken(to, key);
    carrier.onBytes(object.size);
    return false;
  }
  const proof =
    object.size <= wholeBytes ? await copyWhole(object, carrier) : await copyInParts(object, carrier);
  const arrived = await to.head(key);
  if (!arrived) throw new LifeboatError('unavailable', `${to.name}${key} is not there after it was written`);
  if (!(await hasSameBytes(to, arrived, proof))) throw taken(to, key);
  return true;
}

async function copyWhole(object: ObjectToCopy, { from, to, onBytes }: Carrier): Promise<CataloguedObject> {
  const { body } = await from.get(object.key, { maxBytes: wholeBytes });
  const proof = proofOf(body);
  assertExpected(object, proof, from);
  await to.create(object.key, body, { exclusive: false });
  onBytes(body.length);
  return proof;
}

async function copyInParts(object: ObjectToCopy, carrier: Carrier): Promise<CataloguedObject> {
  const { from, to, run, attempt, signal, onBytes } = carrier;
  const { key } = object;
  const earlier = await earlierUpload(key, carrier);
  const upload = earlier?.upload ?? (await to.startUpload(key));
  if (!earlier) await noteUpload(run, attempt, upload);
  const uploaded = await uploadStream(
    { startUpload: async () => goingOn(upload, earlier?.received ?? new Map()) },
    key,
    counted(from.read(key, { signal }), onBytes),
    { partSize: partBytes, inFlight: 3, signal },
  );
  const { size, crc64, sha256 } = uploaded;
  try {
    assertExpected(object, { size, crc64, sha256 }, from);
  } catch (error) {
    await upload.abort().catch(() => {});
    throw error;
  }
  await upload.complete(uploaded.parts, { size, crc64 }, { createOnly: true });
  return { size, crc64, sha256 };
}

/** The upload of an earlier attempt that got furthest. Where the parts may not be listed, there is none. */
async function earlierUpload(
  key: string,
  { to, run }: Carrier,
): Promise<{ upload: Upload; received: Map<number, ReceivedPart> } | undefined> {
  let best: { upload: Upload; received: Map<number, ReceivedPart> } | undefined;
  for (const id of await startedUploads(run)) {
    const upload = to.resumeUpload(key, id);
    try {
      const received = await upload.parts();
      if (!best || received.size > best.received.size) best = { upload, received };
    } catch (error) {
      if (!isKind(error, 'not-found') && !isKind(error, 'denied')) throw error;
    }
  }
  return best;
}

/** Sends only the parts that have not arrived; survives a failure, for the next attempt. */
function goingOn(upload: Upload, received: ReadonlyMap<number, ReceivedPart>): Upload {
  return {
    key: upload.key,
    id: upload.id,
    async part(number, body, signal) {
      const there = received.get(number);
      if (there?.size === body.length && bare(there.etag) === md5(body)) return { number, etag: there.etag };
      return upload.part(number, body, signal);
    },
    complete: (parts, expected, options) => upload.complete(parts, expected, options),
    parts: () => upload.parts(),
    abort: async () => {},
  };
}

async function* counted(
  source: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    yield chunk;
    onBytes(chunk.length);
  }
}

function assertExpected(
  { key, ...expected }: ObjectToCopy,
  found: CataloguedObject,
  from: ObjectStore,
): void {
  if (expected.size !== found.size)
    throw damaged(from, key, `has ${found.size} bytes instead of ${expected.size}`);
  if (expected.sha256 !== undefined && expected.sha256 !== found.sha256)
    throw damaged(from, key, 'has another SHA-256');
  if (expected.crc64 !== undefined && expected.crc64 !== found.crc64)
    throw damaged(from, key, 'has another CRC-64');
}

type Expected = Pick<CataloguedObject, 'size' | 'crc64'>;

/** OSS keeps no CRC-64 of what was copied within it: then the source is read for it. */
async function expectedOf({ key, size, crc64 }: ObjectToCopy, from: ObjectStore): Promise<Expected> {
  const known = crc64 ?? (await from.head(key))?.crc64;
  return { size, crc64: known ?? (await crcOf(from, key)) };
}

async function hasSameBytes(store: ObjectStore, head: ObjectHead, expected: Expected): Promise<boolean> {
  if (head.size !== expected.size) return false;
  return (head.crc64 ?? (await crcOf(store, head.key))) === expected.crc64;
}

async function crcOf(store: ObjectStore, key: string): Promise<string> {
  const crc = new Crc64();
  for await (const chunk of store.read(key)) crc.update(chunk);
  return crc.digest();
}

function bare(etag: string): string {
  return etag.replaceAll('"', '').toUpperCase();
}

function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex').toUpperCase();
}

function taken(to: ObjectStore, key: string): LifeboatError {
  return new LifeboatError('conflict', `${to.name}${key} is there already, with other bytes`, {
    hint: 'the vault holds another backup of this name; nothing of it was changed',
  });
}
