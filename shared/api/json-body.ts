import { LifeboatError } from '../platform/errors';
import { duplicateKey } from '../platform/input/duplicate-key';
import { jsonValue } from '../platform/input/parse';
import { Problem } from './problem';

/**
 * The body of a call. A problem 415 unless it is declared as JSON, as no form of a web page is; 400 unless it is JSON
 * in which no object has a key twice.
 */
export async function jsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Problem(415, 'the body is not declared as JSON', {
      hint: 'send Content-Type: application/json',
      headers: { accept: 'application/json' },
    });
  }
  const text = await request.text();
  const body = parsed(text);
  const twice = duplicateKey(text);
  if (twice === undefined) return body;
  throw new Problem(400, `the body has key ${JSON.stringify(twice)} twice in one object`, {
    hint: 'keep one of the two',
  });
}

function parsed(text: string): unknown {
  try {
    return jsonValue(text, 'the body');
  } catch (error) {
    if (error instanceof LifeboatError) throw new Problem(400, error.message, { hint: error.hint });
    throw error;
  }
}
