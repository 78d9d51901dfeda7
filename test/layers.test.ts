import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..');

/** From and to, and the rule that forbids the import. */
const forbidden: [string, string, string][] = [
  ['shared/platform/oss/a', 'shared/formats/state/a', 'shared-platform'],
  ['shared/platform/kubernetes/a', 'shared/operations/restore/a', 'shared-platform'],
  ['shared/formats/vault/a', 'shared/operations/browse/a', 'shared-formats'],
  ['shared/formats/state/b', 'shared/formats/vault/b', 'formats'],
  ['shared/formats/manifests/b', 'shared/formats/state/c', 'formats'],
  ['shared/operations/browse/b', 'shared/app/b', 'shared-operations'],
  ['shared/operations/rights/b', 'shared/api/b', 'shared-operations'],
  ['shared/operations/restore/decide/k', 'shared/operations/restore/apply/k', 'restore-decide'],
  ['shared/operations/restore/rehearsal/k', 'shared/operations/restore/k', 'restore-rehearsal'],
  ['shared/app/vaults/c', 'shared/api/c', 'shared-app'],
  ['shared/api/d', 'functions/d', 'shared-api'],
  ['shared/app/e', 'cli/e', 'shared-app'],
  ['shared/platform/log/f', 'local/f', 'shared-platform'],
  ['functions/g', 'local/g', 'functions'],
  ['functions/h', 'cli/h', 'functions'],
  ['cli/i', 'test/i', 'cli'],
  ['local/j', 'bench/j', 'cli'],
];

/** Two modules, and two folders, that import each other. */
const circles: [string, string][] = [
  ['shared/operations/runs/one', 'shared/operations/runs/two'],
  ['shared/operations/runs/two', 'shared/operations/runs/one'],
  ['shared/formats/vault/tar/x', 'shared/formats/vault/archive/x'],
  ['shared/formats/vault/archive/y', 'shared/formats/vault/tar/y'],
];

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

describe('the check of the layers', () => {
  let directory: string;
  let found: Violation[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lifeboat-layers-'));
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    const modules = new Map<string, string[]>();
    for (const [from, to] of [...forbidden, ...circles]) {
      modules.set(from, [...(modules.get(from) ?? []), to]);
      if (!modules.has(to)) modules.set(to, []);
    }
    // What the rules allow stands beside it.
    modules.set('shared/api/allowed', [
      'shared/app/e',
      'shared/operations/runs/leaf',
      'shared/platform/leaf',
    ]);
    modules.set('shared/operations/runs/leaf', []);
    modules.set('shared/platform/leaf', []);
    for (const [module, imports] of modules) {
      const file = join(directory, `${module}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      const lines = imports.map(
        (to) => `import '${relative(dirname(module), to).replace(/^(?!\.)/, './')}';`,
      );
      writeFileSync(file, [...lines, 'export type T = 1;', ''].join('\n'));
    }
    found = await violations(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(forbidden)('refuses that %s imports %s', (from, to, rule) => {
    expect(found.filter((it) => it.from === `${from}.ts` && it.to === `${to}.ts`).map(nameOf)).toContain(
      rule,
    );
  });

  it('refuses modules that import each other', () => {
    expect(found.map((it) => `${nameOf(it)} ${it.from}`)).toContain(
      'no-circles shared/operations/runs/one.ts',
    );
  });

  it('refuses folders that import each other', () => {
    expect(found.map((it) => `${nameOf(it)} ${it.from}`)).toContain(
      'no-circles-of-folders shared/formats/vault/tar',
    );
  });

  it('lets imports go down', () => {
    expect(found.filter(({ from }) => from === 'shared/api/allowed.ts')).toEqual([]);
  });
});

const nameOf = ({ rule }: Violation) => rule.name;

/** What dependency-cruiser says of the modules of a directory by the rules of this repository; it exits with their number. */
function violations(cwd: string): Promise<Violation[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.cjs');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '--config', config, '--no-cache', '--output-type', 'json', '.'],
      { cwd, maxBuffer: 1 << 26 },
      (_, stdout, stderr) => {
        try {
          resolve((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
        } catch {
          reject(new Error(stderr));
        }
      },
    );
  });
}
