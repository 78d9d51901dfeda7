import { answerEvent } from '../shared/api/answer-event';
import { createApi } from '../shared/api/api';
import { installationOfFunction } from '../shared/app/from-function';
import { readSettings } from '../shared/app/settings';

/** HTTP: starts backups and restores, tells how far they are, and manages what an installation consists of. */
export async function handler(event: Buffer, context: unknown) {
  const { apiSigned, apiSignedDomains, apiTokenSha256, apiOpenRuns } = readSettings(process.env);
  const api = createApi({
    // What its role allows: the tick and the workers do the rest.
    open: async () => ({ ...(await installationOfFunction(context)), asksOnly: true }),
    signed: apiSigned,
    signedDomains: apiSignedDomains,
    tokenSha256: apiTokenSha256,
    openRuns: apiOpenRuns,
  });
  return answerEvent(event, api);
}
