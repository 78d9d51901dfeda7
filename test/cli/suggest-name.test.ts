import { describe, expect, it } from '@jest/globals';
import { suggestName } from '../../cli/suggest-name';
import { LifeboatError } from '../../shared/platform/errors';
import { anInstallation } from '../shared/app/an-installation';

describe('the name that was likely meant', () => {
  it('is looked for among what there is of the kind', async () => {
    const { installation, state } = await anInstallation();
    const open = async () => installation;
    const meant = async (act: () => Promise<unknown>) =>
      suggestName(await act().catch((error: unknown) => error), open);
    expect(await meant(() => state.vaults.get('mian'))).toBe('main');
    expect(await meant(() => state.vaults.get('elsewhere'))).toBeUndefined();
    expect(await meant(() => state.schedules.get('main'))).toBeUndefined();
  });

  it('is asked for only where a name was not found', async () => {
    const open = () => Promise.reject(new Error('must not be opened'));
    const denied = new LifeboatError('denied', 'there is no vault "mian"');
    const context = new LifeboatError('not-found', 'there is no context "prod"');
    for (const error of [denied, context, new Error('there is no vault "mian"')])
      expect(await suggestName(error, open)).toBeUndefined();
    // A state that cannot be reached hides no error.
    expect(
      await suggestName(new LifeboatError('not-found', 'there is no vault "mian"'), open),
    ).toBeUndefined();
  });
});
