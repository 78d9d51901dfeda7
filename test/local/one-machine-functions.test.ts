import { describe, expect, it } from '@jest/globals';
import { oneMachineFunctions } from '../../local/one-machine-functions';

describe('the functions of a machine', () => {
  it('have the key that signs backups only where backups are made', () => {
    const { functions } = oneMachineFunctions('dist', { A: '1' }, { LIFEBOAT_SIGNING_KEY: 'x' });
    const signing = functions.filter(({ environment }) => environment?.LIFEBOAT_SIGNING_KEY !== undefined);
    expect(signing.map(({ name }) => name)).toEqual(['lifeboat-backup']);
    expect(functions.every(({ environment }) => environment?.A === '1')).toBe(true);
  });
});
