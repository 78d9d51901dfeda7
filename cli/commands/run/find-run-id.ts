import { LifeboatError } from '../../../shared/errors';
import { findRequest } from '../../../shared/state/requests';
import type { RunId } from '../../../shared/state/run-keys';
import type { ObjectStore } from '../../../shared/store/port';

/** The run that `shop-1`, `backup/shop-1` or `restore/shop-1` names. Throws `not-found`, or `invalid` when there is one of each. */
export async function findRunId(state: ObjectStore, text: string): Promise<RunId> {
  const [, word, name = ''] = /^(?:(backup|restore)\/)?(.*)$/s.exec(text) ?? [];
  const kinds = (['backups', 'restores'] as const).filter((kind) => !word || kind === `${word}s`);
  const found: RunId[] = [];
  for (const kind of kinds) if (await findRequest(state, { kind, name })) found.push({ kind, name });
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new LifeboatError('not-found', `there is no run "${text}"`, {
      hint: 'see what there is with `lifeboat run get`',
    });
  }
  throw new LifeboatError('invalid', `"${name}" is a backup and a restore`, {
    hint: `say which: backup/${name} or restore/${name}`,
  });
}
