import type { Clock, Random } from '../../platform/clock';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes } from './json-object';

/** One thing that a person asked for. Never holds a secret. */
export interface AuditEntry {
  /** `create`, `save`, `delete`, `request`. */
  action: string;
  /** `vault`, `backup`, … */
  what: string;
  name: string;
  /** Who, as far as the caller is known. */
  by: string;
}

/** `audit/<yyyy>/<mm>/<dd>/<id>.json`, create-only. */
export async function writeAudit(
  state: ObjectStore,
  entry: AuditEntry,
  { clock, random }: { clock: Clock; random: Random },
): Promise<void> {
  const at = clock.now().toISOString();
  const day = at.slice(0, 10).replaceAll('-', '/');
  const id = `${at.replace(/\D/g, '')}-${random.bytes(8).toString('hex')}`;
  await state.create(`audit/${day}/${id}.json`, documentBytes({ kind: 'AuditEntry', ...entry, at }));
}
