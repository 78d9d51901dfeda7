import { createApi } from '../shared/api/api';
import { Problem, problem } from '../shared/api/problem';
import { readHttpEvent, toHttpAnswer, toWebRequest } from '../shared/fc/http-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { readSettings } from '../shared/installation/settings';

/** HTTP: starts backups and restores, tells how far they are, and manages what an installation consists of. */
export async function handler(event: Buffer, context: unknown) {
  const envelope = readHttpEvent(event);
  const { apiSigned, apiTokenSha256, apiOpenRuns } = readSettings(process.env);
  const api = createApi({
    open: () => installationOfFunction(context),
    signed: apiSigned,
    tokenSha256: apiTokenSha256,
    openRuns: apiOpenRuns,
  });
  try {
    return await toHttpAnswer(await api.fetch(toWebRequest(envelope)));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return toHttpAnswer(problem(new Problem(400, 'this is no request that the API can read')));
  }
}
