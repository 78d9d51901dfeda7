import * as v from 'valibot';
import { sha256Hex } from '../../platform/sha256';
import { parse } from '../../platform/input/parse';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';
import { removeOld } from './remove-old';

/** An answer as it is given again. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A call that carries an idempotency key. */
export interface IdempotentCall {
  /** Who calls: keys of one caller are none of another's. */
  caller: string;
  key: string;
  /** Of method, path and body, in hex. */
  fingerprint: string;
}

/** What is known of the key. */
export type CallClaim =
  /** The caller carries it out, then keeps the answer or gives the key free. */
  | { state: 'ours'; n: number }
  /** The first one is at it. */
  | { state: 'under-way' }
  /** The key was used for another call. */
  | { state: 'other' }
  | { state: 'answered'; answer: KeptAnswer };

const folder = 'idempotency/';
/** No function of the API lives longer; whoever took the key before is gone then. Milliseconds. */
const callOver = 120_000;
/** Keys are forgotten after a day. */
const kept = 24 * 3_600_000;

const attemptSchema = v.object({ fingerprint: v.string() });
const answerSchema = v.object({
  status: v.number(),
  headers: v.record(v.string(), v.string()),
  body: v.string(),
});
const numbered = /^([1-9]\d{0,5})\.(json|free)$/;

/** By one listing; taking the key is a create-only put, as for leases. */
export async function claimCall(state: ObjectStore, call: IdempotentCall, nonce: string): Promise<CallClaim> {
  const store = storeOf(state, call);
  let last = 0;
  let age = Number.POSITIVE_INFINITY;
  let free = true;
  for await (const page of store.list('')) {
    for (const { key, lastModified } of page.objects) {
      const [, digits, what] = numbered.exec(key) ?? [];
      const n = Number(digits);
      if (!what || n < last) continue;
      if (n > last) free = false;
      last = n;
      if (what === 'free') free = true;
      else age = page.date.getTime() - lastModified.getTime();
    }
  }
  if (last > 0) {
    const taken = await readJson(store, `${last}.json`);
    if (taken && parse(attemptSchema, taken.value, 'the idempotency key').fingerprint !== call.fingerprint)
      return { state: 'other' };
    const answer = await readJson(store, 'answer.json');
    if (answer) return { state: 'answered', answer: parse(answerSchema, answer.value, 'the kept answer') };
    if (!free && age < callOver) return { state: 'under-way' };
  }
  const n = last + 1;
  const body = documentBytes({ kind: 'IdempotentCall', fingerprint: call.fingerprint, nonce });
  const { created } = await store.create(`${n}.json`, body);
  return created ? { state: 'ours', n } : { state: 'under-way' };
}

/** The call is done: whoever sends it again gets this answer. */
export async function keepAnswer(
  state: ObjectStore,
  call: IdempotentCall,
  answer: KeptAnswer,
): Promise<void> {
  await storeOf(state, call).create('answer.json', documentBytes({ kind: 'KeptAnswer', ...answer }));
}

/** The call was refused and changed nothing: the key may be used again at once, for the same call. */
export async function freeCall(state: ObjectStore, call: IdempotentCall, n: number): Promise<void> {
  await storeOf(state, call).create(`${n}.free`, Buffer.alloc(0));
}

/** Removes what is older than a day; answers with how many objects. */
export async function cleanIdempotentCalls(state: ObjectStore): Promise<number> {
  return removeOld(state, folder, kept);
}

/** Digests: a key is the caller's, and may hold anything. */
function storeOf(state: ObjectStore, { caller, key }: IdempotentCall): ObjectStore {
  const digest = sha256Hex([caller, key].join('\0'));
  return state.at(`${folder}${digest.slice(0, 40)}/`);
}
