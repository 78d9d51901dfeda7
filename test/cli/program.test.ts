import { execFile } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { buildPrograms } from '../harness/built-programs';

const dist = buildPrograms('cli/lifeboat.ts');
afterAll(() => rmSync(dist, { recursive: true }));

it('starts by its own name, as npx and an installed package start it', async () => {
  const program = join(dist, 'cli', 'lifeboat.js');
  // npm does the same to what `bin` names.
  chmodSync(program, 0o755);
  const { stdout } = await promisify(execFile)(program, ['--help']);
  expect(stdout).toContain('Usage: lifeboat');
});

/** Ends a process at its first connection, and tells in its last line what it has used of the processor, in microseconds. */
const probe = `
require('node:net').Socket.prototype.connect = () => process.exit();
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  require('node:fs').writeSync(2, '\\n' + (user + system));
});
`;

it('starts with little work beside that of node itself', async () => {
  const program = join(dist, 'cli', 'lifeboat.js');
  const hook = join(dist, 'probe.cjs');
  writeFileSync(hook, probe);
  const env = {
    PATH: process.env.PATH,
    LIFEBOAT_STATE: 'oss://somewhere/state',
    LIFEBOAT_REGION: 'cn-hangzhou',
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
  };
  // Work of the processor, which other work on the machine changes less than the time that passes.
  const workOf = async (...words: string[]) => {
    const { stderr } = await promisify(execFile)(process.execPath, ['-r', hook, ...words], { env }).catch(
      (error: { stderr: string }) => error,
    );
    return Number(stderr.trimEnd().split('\n').pop());
  };
  // Times what node takes by itself, which is 40 ms of a quiet machine.
  const most: Record<string, number> = {
    '--help': 2.5,
    'backup frobnicate': 3.5,
    'completion bash': 5,
    // Up to its first request: half of it are TLS and ali-oss.
    'backup get': 8.5,
  };
  const bare: number[] = [];
  const own: Record<string, number[]> = {};
  // In turn, and the best of each.
  for (let i = 0; i < 4; i += 1) {
    bare.push(await workOf('-e', '0'));
    for (const command of Object.keys(most))
      own[command] = [...(own[command] ?? []), await workOf(program, ...command.split(' '))];
  }
  for (const [command, runs] of Object.entries(own)) {
    const ratio = Math.min(...runs) / Math.min(...bare);
    expect({ command, ratio, enough: ratio < most[command]! }).toEqual({ command, ratio, enough: true });
  }
}, 60_000);

it('suggests the command and the name that were likely meant, with the documented exit codes', async () => {
  const program = join(dist, 'cli', 'lifeboat.js');
  const fails = async (...words: string[]) =>
    promisify(execFile)(process.execPath, [program, ...words]).then(
      () => ({ code: 0, stderr: '' }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );
  expect(await fails('schedul', 'get')).toEqual({
    code: 2,
    stderr: "error: unknown command 'schedul'\nhint:  did you mean schedule?\n",
  });
  expect(await fails('cost', '--days', 'many')).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^error: --days: "many" is not a number above 0\nhint: {2}.+\n$/),
  });
  expect(await fails('schedule', 'get', '-o', 'xml')).toEqual({
    code: 2,
    stderr: expect.stringContaining('is not an output format'),
  });
});

it('says nothing when its reader leaves', async () => {
  const words = ['-c', '"$0" "$1" backup --help | true', process.execPath, join(dist, 'cli', 'lifeboat.js')];
  expect(await promisify(execFile)('sh', words)).toEqual({ stdout: '', stderr: '' });
});
