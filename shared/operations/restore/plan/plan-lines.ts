import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits } from '../../../formats/vault/untrusted/archive-limits';
import { gunzipStream } from '../../../formats/vault/untrusted/gunzip-stream';
import { gunzipWithin } from '../../../formats/vault/untrusted/gunzip-within';
import type { PlannedObject } from './planned-object';
import { textLines } from '../document/text-lines';

/** A gzip member holds so many objects, and characters but for the last of them: a page is cut out of few. */
const memberObjects = 500;
const memberLength = 1024 * 1024;
/** An object has at most 8 MiB; a plan shows it before and after, with escapes. */
const maxLineBytes = 64 << 20;

/** What is known of the objects of a plan without reading them. */
export interface PlanIndex {
  count: number;
  /** Compressed. */
  bytes: number;
  /** Of the lines as they were before they were compressed: lower-case hex, the same for the same plan. */
  sha256: string;
  /** The number of each member's first object, from 0, and the byte at which it begins. */
  members: { first: number; at: number }[];
}

/** Writes the objects of a plan as gzipped JSON lines; holds them compressed. */
export class PlanLines {
  readonly #hash = createHash('sha256');
  readonly #members: PlanIndex['members'] = [];
  readonly #pieces: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;
  #count = 0;
  #bytes = 0;

  add(object: PlannedObject): void {
    const line = `${JSON.stringify(object)}\n`;
    this.#hash.update(line);
    this.#lines.push(line);
    this.#length += line.length;
    this.#count += 1;
    if (this.#lines.length === memberObjects || this.#length >= memberLength) this.#close();
  }

  /** To be called once, after the last object. */
  finish(): { bytes: Buffer; index: PlanIndex } {
    if (this.#lines.length > 0 || this.#pieces.length === 0) this.#close();
    const index = {
      count: this.#count,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      members: this.#members,
    };
    return { bytes: Buffer.concat(this.#pieces), index };
  }

  #close(): void {
    const member = gzipSync(this.#lines.join(''));
    this.#members.push({ first: this.#count - this.#lines.length, at: this.#bytes });
    this.#pieces.push(member);
    this.#bytes += member.length;
    this.#lines = [];
    this.#length = 0;
  }
}

/**
 * All objects of a plan, in bounded memory. Throws LifeboatError `corrupt` naming `what`, at the latest after the last one, when
 * they are not those of the SHA-256.
 */
export async function* readPlanLines(
  store: ObjectStore,
  key: string,
  { sha256, what }: { sha256: string; what: string },
): AsyncGenerator<PlannedObject, void> {
  const hash = createHash('sha256');
  const hashed = async function* () {
    for await (const piece of gunzipStream(what, store.read(key), archiveLimits)) {
      hash.update(piece);
      yield piece;
    }
  };
  for await (const line of textLines(hashed(), { what, maxBytes: maxLineBytes }))
    yield JSON.parse(line) as PlannedObject;
  if (hash.digest('hex') === sha256) return;
  throw new LifeboatError('corrupt', `${what} is not the one that was asked for`, {
    hint: 'make a new plan and ask under another name',
  });
}

/** A part of a plan: from one of its objects on, at most so many, and after the first no more bytes of JSON than that. */
export async function readPlanPage(
  store: ObjectStore,
  key: string,
  { count, bytes, members }: PlanIndex,
  { from, limit, maxBytes }: { from: number; limit: number; maxBytes: number },
): Promise<{ objects: PlannedObject[]; next?: number }> {
  const objects: PlannedObject[] = [];
  let read = 0;
  for (const [index, { first, at }] of members.entries()) {
    const following = members[index + 1];
    if (following && following.first <= from) continue;
    const { body } = await store.get(key, { range: [at, following?.at ?? bytes] });
    // One object may be all of its member, and of one letter.
    const limits = { unpackedBytes: memberLength + maxLineBytes, ratio: Number.POSITIVE_INFINITY };
    const lines = gunzipWithin(`${store.name}${key}`, body, limits).toString('utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(Math.max(from - first, 0))) {
      read += Buffer.byteLength(line);
      if (objects.length === limit || (read > maxBytes && objects.length > 0)) {
        return { objects, next: from + objects.length };
      }
      objects.push(JSON.parse(line) as PlannedObject);
    }
    if (objects.length === limit) break;
  }
  const next = from + objects.length;
  return { objects, ...(next < count && { next }) };
}
