import { load } from 'js-yaml';
import { describe, expect, it } from '@jest/globals';
import { tokenCommand } from '../../cli/commands/token';
import { createApi } from '../../shared/api/api';
import { start } from './command-in-memory';

describe('tokens on the command line', () => {
  it('are shown once, let in, are listed without what lets in, and let nobody in when deleted', async () => {
    const { run, installation } = await start();
    const made = await run('create ci --role operator --clusters a,b --valid-for 48h', tokenCommand);
    const token = made.out.trim();
    expect(token).toMatch(/^lifeboat\.ci\.[\w-]{43}$/);
    expect(made.notes).toContain('operator, good until 2026-11-24T10:00:00Z');
    const health = () =>
      createApi({ open: async () => installation }).request('/health', {
        headers: { authorization: `Bearer ${token}` },
      });
    const listed = async () => (await run('get', tokenCommand)).out.split('\n')[1]?.split(/ {2,}/);
    expect(await listed()).toEqual(['ci', 'operator', 'a,b', '2d', 'never']);
    expect((await health()).status).toBe(200);
    expect((await listed())?.at(-1)).toBe('0s ago');
    const shown = (await run('get ci -o yaml', tokenCommand)).out;
    expect(load(shown)).toMatchObject({
      spec: { role: 'operator' },
      status: { id: expect.stringMatching(/^[0-9a-f]{16}$/), lastUsed: expect.any(String) },
    });
    expect(shown).not.toMatch(/sha256|lifeboat\./);
    await run('delete ci', tokenCommand);
    expect((await health()).status).toBe(401);
    await expect(run('delete ci', tokenCommand)).rejects.toThrow('there is no token "ci"');
  });

  it.each([
    ['create x --valid-for 1s', 'good for 1s'],
    ['create x --valid-for 9000h', 'good for 9000h'],
    ['create x --valid-for soon', 'the time that the token is good for'],
    ['create x --clusters nowhere', 'there is no cluster "nowhere"'],
    ['create X', 'is not a name'],
  ])('refuse `%s`, and make nothing', async (command, message) => {
    const { run, bucket } = await start();
    const before = bucket.keys();
    await expect(run(command, tokenCommand)).rejects.toThrow(message);
    expect(bucket.keys()).toEqual(before);
  });
});
