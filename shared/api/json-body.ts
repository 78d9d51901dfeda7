import { jsonValue } from '../manifests/parse';
import { LifeboatError } from '../errors';
import { Problem } from './problem';

/**
 * The body of a call. A problem 415 unless it is declared as JSON, as no form of a web page is; 400 unless it is JSON.
 */
export async function jsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Problem(415, 'the body is not declared as JSON', {
      hint: 'send Content-Type: application/json',
      headers: { accept: 'application/json' },
    });
  }
  try {
    return jsonValue(await request.text(), 'the body');
  } catch (error) {
    if (error instanceof LifeboatError) throw new Problem(400, error.message, { hint: error.hint });
    throw error;
  }
}
