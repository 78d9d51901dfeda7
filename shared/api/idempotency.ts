import { sha256Hex } from '../platform/sha256';
import { messageOf } from '../platform/errors';
import type { Installation } from '../app/installation';
import { claimCall, freeCall, type KeptAnswer, keepAnswer } from '../formats/state/idempotent-calls';
import { Problem } from './problem';

/** Printable ASCII, as header values are. */
const keyForm = /^[\x21-\x7e]{1,255}$/;
/** What an answer says again when it is given again. */
const keptHeaders = ['content-type', 'etag', 'location'];

/** Throws a problem 400 for a key that is none. */
export function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (keyForm.test(key)) return key;
  throw new Problem(400, 'Idempotency-Key is no key', {
    hint: 'send 1 to 255 printable characters without spaces',
  });
}

/**
 * Carries a call out once for its key: sent again within a day, it is answered with what it was answered before. What was
 * refused changed nothing and is tried again. A problem 409 while the first one is at it; 422 for a key that was used for
 * another call.
 */
export async function idempotently(
  { state: { store }, random, log }: Pick<Installation, 'state' | 'random' | 'log'>,
  { caller, key, said }: { caller: string; key: string; said: unknown },
  answerOnce: () => Promise<Response>,
): Promise<Response> {
  const fingerprint = sha256Hex(JSON.stringify(said));
  const call = { caller, key, fingerprint };
  const claim = await claimCall(store, call, random.bytes(12).toString('hex'));
  switch (claim.state) {
    case 'answered':
      return again(claim.answer);
    case 'other':
      throw new Problem(422, 'the Idempotency-Key was used for another request', {
        hint: 'make a new key for each request',
      });
    case 'under-way':
      throw new Problem(409, 'the request with this Idempotency-Key is under way', {
        hint: 'send it again in a moment',
        headers: { 'retry-after': '2' },
      });
    case 'ours':
      break;
  }
  try {
    const answer = await answerOnce();
    await keepAnswer(store, call, await kept(answer.clone())).catch(warn);
    return answer;
  } catch (error) {
    await freeCall(store, call, claim.n).catch(warn);
    throw error;
  }

  /** Without it the call is carried out again, which all of them bear. */
  function warn(error: unknown): void {
    log.warn('What became of an idempotency key is not written down', { error: messageOf(error) });
  }
}

async function kept(answer: Response): Promise<KeptAnswer> {
  const headers = keptHeaders.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: answer.status, headers: Object.fromEntries(headers), body: await answer.text() };
}

function again({ status, headers, body }: KeptAnswer): Response {
  return new Response(body === '' ? null : body, {
    status,
    headers: { ...headers, 'cache-control': 'no-store', 'idempotency-replayed': 'true' },
  });
}
