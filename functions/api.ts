import { createApi } from '../shared/api/api';
import { readHttpEvent, toHttpAnswer, toWebRequest } from '../shared/fc/http-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { readSettings } from '../shared/installation/settings';

/** HTTP: starts backups and restores, and tells how far they are. */
export async function handler(event: Buffer, context: unknown) {
  const request = toWebRequest(readHttpEvent(event));
  const api = createApi({
    open: () => installationOfFunction(context),
    tokenSha256: readSettings(process.env).apiTokenSha256,
  });
  return toHttpAnswer(await api.fetch(request));
}
