import { readOssEvent } from '../shared/app/fc/oss-event';
import { installationOfFunction } from '../shared/app/from-function';
import { replicateObject } from '../shared/app/replications/replicate-object';

/** On each `velero-backup.json` that lands in a vault: asks for the restores that the replication rules make of it. */
export async function handler(event: Buffer, context: unknown) {
  const { events } = readOssEvent(event);
  const installation = await installationOfFunction(context);
  const done = [];
  for (const { oss } of events) {
    done.push(...(await replicateObject(installation, oss.bucket.name, oss.object.key)));
  }
  return done;
}
