import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chosenInstallation, commandEnvironment, contextFile, writeContext } from '../../cli/context-file';
import { contextCommand } from '../../cli/commands/context';
import { addContext, contextsFile, deleteContext, readContexts, useContext } from '../../cli/contexts';
import { start } from './command-in-memory';

const production = { LIFEBOAT_STATE: 'oss://team/state', LIFEBOAT_REGION: 'cn-hangzhou' };
const before = process.cwd();
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-contexts-'));
  process.chdir(folder);
  file = contextsFile({ HOME: folder });
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const state = async (environment: NodeJS.ProcessEnv = {}) =>
  (await commandEnvironment({ HOME: folder, ...environment })).LIFEBOAT_STATE;

describe('contexts', () => {
  it('say which installation a command works with', async () => {
    await expect(state()).rejects.toThrow('no installation is named');
    await addContext(file, 'production', production);
    await addContext(file, 'test', { ...production, LIFEBOAT_STATE: 'oss://team/test' });
    await expect(state()).rejects.toThrow('no installation is named');
    await useContext(file, 'production');
    expect(await state()).toBe('oss://team/state');
    expect(await state({ LIFEBOAT_CONTEXT: 'test' })).toBe('oss://team/test');
    expect(await state({ LIFEBOAT_STATE: 'oss://third', LIFEBOAT_CONTEXT: 'test' })).toBe('oss://third');
    await expect(state({ LIFEBOAT_CONTEXT: 'prod' })).rejects.toThrow('no context "prod"');
    await deleteContext(file, 'production');
    await expect(state()).rejects.toThrow('no installation is named');
  });

  it('give way to the system of the folder, so that nobody works on another by mistake', async () => {
    await addContext(file, 'production', production);
    await useContext(file, 'production');
    await writeContext(contextFile, { LIFEBOAT_STATE: 'oss://here' });
    expect(await state()).toBe('oss://here');
    expect(await state({ LIFEBOAT_CONTEXT: 'production' })).toBe('oss://team/state');
  });

  it('are kept for their owner alone, and a broken file is said to be one', async () => {
    await addContext(file, 'production', production);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(addContext(file, 'local', production)).rejects.toThrow('not a name');
    await expect(useContext(file, 'nothing')).rejects.toThrow('no context "nothing"');
    writeFileSync(file, '{');
    await expect(readContexts(file)).rejects.toThrow('cannot be read');
  });

  it('are listed with more columns when asked, one as it is with -o', async () => {
    const { run } = await start();
    process.env.LIFEBOAT_CONTEXTS = file;
    try {
      await addContext(file, 'production', { ...production, LIFEBOAT_NETWORK_TYPE: 'internal' });
      await useContext(file, 'production');
      const rows = (await run('get -o wide', contextCommand)).out.trimEnd().split('\n');
      expect(rows.map((row) => row.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
        ['', 'NAME', 'STATE', 'REGION', 'ACCOUNT', 'NETWORK TYPE'],
        ['', 'local', 'what `lifeboat local` runs in this folder', '-', '-', '-'],
        ['*', 'production', 'oss://team/state', 'cn-hangzhou', '-', 'internal'],
      ]);
      expect((await run('get -o name', contextCommand)).out).toBe('local\nproduction\n');
      expect(JSON.parse((await run('get production -o json', contextCommand)).out)).toEqual({
        name: 'production',
        used: true,
        environment: { ...production, LIFEBOAT_NETWORK_TYPE: 'internal' },
      });
      await expect(run('get prod', contextCommand)).rejects.toThrow('no context "prod"');
      await expect(run('add x --state here --region cn-hangzhou', contextCommand)).rejects.toThrow(
        '--state is not a place in OSS',
      );
    } finally {
      delete process.env.LIFEBOAT_CONTEXTS;
    }
  });

  it('are named by a notice where no variable chose them', async () => {
    await addContext(file, 'production', production);
    await useContext(file, 'production');
    const notice = async (environment: NodeJS.ProcessEnv = {}) =>
      (await chosenInstallation({ HOME: folder, ...environment })).notice;
    expect(await notice()).toBe('Installation production, the context in use: oss://team/state');
    expect(await notice({ LIFEBOAT_CONTEXT: 'production' })).toBeUndefined();
    expect(await notice({ LIFEBOAT_STATE: 'oss://third' })).toBeUndefined();
    await writeContext(contextFile, { LIFEBOAT_STATE: 'oss://here' });
    expect(await notice()).toBe('Installation local, the system of this folder: oss://here');
  });

  it('are not said to be used where a system of the folder or a variable comes first', async () => {
    const { run } = await start();
    process.env.LIFEBOAT_CONTEXTS = file;
    try {
      await addContext(file, 'production', production);
      expect((await run('use production', contextCommand)).out).toBe('Commands work with production now.\n');
      await writeContext(contextFile, { LIFEBOAT_STATE: 'oss://here' });
      const { out, notes } = await run('use production', contextCommand);
      expect(out).toMatch(
        /^Commands work with production now, but not here: this folder has a system of its own/,
      );
      expect(notes).toBe('Here it takes LIFEBOAT_CONTEXT=production.\n');
      process.env.LIFEBOAT_CONTEXT = 'test';
      expect((await run('use production', contextCommand)).out).toContain('LIFEBOAT_CONTEXT is set to test');
    } finally {
      delete process.env.LIFEBOAT_CONTEXTS;
      delete process.env.LIFEBOAT_CONTEXT;
    }
  });
});
