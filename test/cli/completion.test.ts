import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from '@jest/globals';
import { completionScript } from '../../cli/completion-script';

const directory = mkdtempSync(join(tmpdir(), 'lifeboat-completion-'));
afterAll(() => rmSync(directory, { recursive: true }));

function program(): Command {
  const root = new Command('lifeboat');
  const cluster = root.command('cluster').description("a person's clusters");
  cluster.command('get').description('list').option('-o, --output <format>', 'a format');
  cluster.command('add').description('add').option('--kubeconfig <file>', 'a file');
  root.command('run').description('runs').option('--all', 'all of them');
  return root;
}

/** What bash would offer for these words, the last one being written. */
async function offered(...words: string[]): Promise<string[]> {
  const file = join(directory, 'completion.bash');
  const asked = words.map((word) => `'${word}'`).join(' ');
  writeFileSync(
    file,
    `${completionScript(program(), 'bash')}\nCOMP_WORDS=(lifeboat ${asked})\nCOMP_CWORD=${words.length}\n_lifeboat\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`,
  );
  const { stdout } = await promisify(execFile)('bash', [file]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it('offers in bash what may follow', async () => {
    expect(await offered('')).toEqual(['cluster', 'run', '--help']);
    expect(await offered('cl')).toEqual(['cluster']);
    expect(await offered('cluster', '')).toEqual(['get', 'add', '--help']);
    expect(await offered('cluster', 'add', '--k')).toEqual(['--kubeconfig']);
    // What is given to an option is no command.
    expect(await offered('cluster', 'get', '--output', 'run', '--')).toEqual(['--output', '--help']);
  });

  it.each(['zsh', 'fish'] as const)('is a script that %s can read', (shell) => {
    const script = completionScript(program(), shell);
    expect(script).toContain('cluster');
    // Where the shell is there, it says so itself.
    const file = join(directory, `completion.${shell}`);
    writeFileSync(file, script);
    const { error, status } = spawnSync(shell, ['-n', file]);
    expect(error ? 'absent' : status).toBe(error ? 'absent' : 0);
  });

  it('describes in fish, with quotes as fish wants them', () => {
    const lines = completionScript(program(), 'fish').split('\n');
    expect(lines).toContain(
      `complete -c lifeboat -n '__lifeboat_at ""' -f -a cluster -d 'a person\\'s clusters'`,
    );
    expect(lines).toContain(
      `complete -c lifeboat -n '__lifeboat_at "cluster add"' -l kubeconfig -d 'a file'`,
    );
  });
});
