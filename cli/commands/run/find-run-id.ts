import { LifeboatError } from '../../../shared/platform/errors';
import { findRequest } from '../../../shared/formats/state/run/requests';
import { type RunId, runKinds, runWord } from '../../../shared/formats/state/run-keys';
import type { ObjectStore } from '../../../shared/platform/oss/port';

/** The run that `shop-1`, `backup/shop-1`, `restore/shop-1`, `plan/shop-1` or `copy/shop-1` names. Throws `not-found`, or `invalid` when there are several. */
export async function findRunId(state: ObjectStore, text: string): Promise<RunId> {
  const [, word, name = ''] = /^(?:(backup|restore|plan|copy)\/)?(.*)$/s.exec(text) ?? [];
  const kinds = runKinds.filter((kind) => !word || runWord(kind) === word);
  const found: RunId[] = [];
  for (const kind of kinds) if (await findRequest(state, { kind, name })) found.push({ kind, name });
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new LifeboatError('not-found', `there is no run "${text}"`, {
      hint: 'see what there is with `lifeboat run get`',
    });
  }
  throw new LifeboatError(
    'invalid',
    `"${name}" is a ${found.map(({ kind }) => runWord(kind)).join(' and a ')}`,
    {
      hint: `say which: ${found.map(({ kind }) => `${runWord(kind)}/${name}`).join(' or ')}`,
    },
  );
}
