import { messageOf } from '../platform/errors';
import { type AuditEntry, writeAudit } from '../formats/state/audit';
import type { Installation } from './installation';

/** Puts what a person did into the audit log. The deed is done whether or not this is written: a failure is logged. */
export async function record(installation: Installation, entry: Omit<AuditEntry, 'by'>): Promise<void> {
  const { state, holder, log } = installation;
  await writeAudit(state.store, { ...entry, by: holder }, installation).catch((error: unknown) =>
    log.warn(`${entry.action} of ${entry.what} ${entry.name} is not in the audit log`, {
      name: entry.name,
      error: messageOf(error),
    }),
  );
}
