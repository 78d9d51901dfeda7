import type { Context } from 'hono';
import { LifeboatError } from '../errors';
import { jsonValue } from '../manifests/parse';

/** The body of a call. Throws `invalid` unless it is declared as JSON, as no form of a web page is, and is JSON. */
export async function jsonBody(call: Context): Promise<unknown> {
  const type = call.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new LifeboatError('invalid', 'the body is not JSON', {
      hint: 'send Content-Type: application/json',
    });
  }
  return jsonValue(await call.req.text(), 'the body');
}
