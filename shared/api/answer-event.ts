import type { Hono } from 'hono';
import { type HttpAnswer, readHttpEvent, toHttpAnswer, toWebRequest, vouchedOf } from '../app/fc/http-event';
import { Problem, problem } from './problem';

/** Methods that the web's `Request` does not take. */
const unspoken = /^(connect|trace|track)$/i;

/** Answers FC's HTTP event; 400 for what is no request on the web: a broken header. */
export async function answerEvent(event: Buffer, api: Pick<Hono, 'fetch'>): Promise<HttpAnswer> {
  const envelope = readHttpEvent(event);
  const { http } = envelope.requestContext;
  // No path has OPTIONS either, so that its answer is theirs: 405 with what the path has, or 404.
  if (unspoken.test(http.method)) http.method = 'OPTIONS';
  let request: Request;
  try {
    request = toWebRequest(envelope);
  } catch (error) {
    if ((error as Error).name !== 'TypeError') throw error;
    return toHttpAnswer(problem(new Problem(400, 'this is no request that the API can read')));
  }
  return toHttpAnswer(await api.fetch(request, { vouched: vouchedOf(envelope) }));
}
