import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import type { CommandLine } from '../../cli/command-line';
import { costCommand } from '../../cli/commands/cost';
import type { Installation } from '../../shared/app/installation';
import { createRequest } from '../../shared/formats/state/run/requests';
import { finishRun } from '../../shared/formats/state/run/results';
import { anInstallation } from '../shared/app/an-installation';
import { completed } from '../shared/operations/runs/fixtures';

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-cost-'));
let installation: Installation;

beforeAll(async () => {
  const made = await anInstallation();
  const { state } = made;
  installation = made.installation;
  Object.assign(installation.settings, { region: 'cn-hangzhou' });
  const spec = {
    schedule: '0 2 * * *',
    clusters: ['a'],
    vault: 'main',
    startAt: '2026-01-01T00:00:00Z',
    includeClusterInNames: false,
    template: { includedNamespaces: ['shop'] },
  };
  await state.schedules.create({ kind: 'Schedule', metadata: { name: 'nightly' }, spec });
  const name = 'nightly-20261122020000';
  await createRequest(state.store, {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'] },
    schedule: { name: 'nightly', slot: '2026-11-22T02:00:00Z' },
  });
  await finishRun(state.store, { kind: 'backups', name }, completed);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function cost(...parameters: string[]): Promise<string> {
  let text = '';
  const line = {
    screen: {
      out: (one: string) => {
        text += `${one}\n`;
      },
      note: () => {},
      live: false,
      colors: pc.createColors(false),
    },
    clock: installation.clock,
    open: async () => installation,
    exitWith: () => {},
  } as unknown as CommandLine;
  await costCommand(line).parseAsync(parameters, { from: 'user' });
  return text;
}

describe('lifeboat cost', () => {
  it('shows schedules at their measured run time, the sources of prices, and what is not counted', async () => {
    const out = await cost();
    // 30 × (60 s × 1.15 + 60 s × 0.15 + 0.0075) CU × 0.00011 CNY.
    expect(out).toMatch(/^nightly +30 +60.0s of 1 +0.26 +0 B +0.00 +0.26$/m);
    expect(out).toMatch(/^\(scheduled-backup\) +43200 +1s assumed /m);
    expect(out).toMatch(/^ {2}computeUnit 0.00011 \(2024-08-27, https:\/\/help\.aliyun\.com\//m);
    expect(out).toMatch(
      /Not counted:\n(.*\n)* {2}what has no published price here .*: putRequests, getRequests/,
    );
  });

  it('takes another currency, and prices of one’s own from a file', async () => {
    const file = join(folder, 'prices.yaml');
    writeFileSync(file, 'putRequests: 0.01\ngetRequests: 0.01\n');
    const own = JSON.parse(await cost('--prices', file, '-o', 'json'));
    expect(own.unpriced).toEqual(['outboundGigabyte']);
    expect(own.prices.putRequests).toEqual({ amount: 0.01, source: file, date: '2026-11-22' });
    const dollars = JSON.parse(await cost('--currency', 'usd', '-o', 'json'));
    expect(dollars).toMatchObject({ currency: 'USD', days: 30 });
    expect(dollars.minimum).toBeUndefined();
  });

  it('refuses what is no number, and a file that names no price', async () => {
    await expect(cost('--days', 'many')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(cost('--days', '4000')).rejects.toThrow('"4000" is more than 3660');
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'putRequest: 0.01\n');
    await expect(cost('--prices', file)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('putRequest'),
    });
  });
});
