import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { functionNames } from '../../../../shared/app/deploy/functions';
import { rights } from '../../../../shared/app/deploy/rights';

const page = readFileSync(join(__dirname, '../../../../docs/deploy.md'), 'utf8');

/** The table as docs/deploy.md has it. */
function table(): string {
  const keys = (patterns: readonly string[]) =>
    patterns.length === 0 ? '–' : patterns.map((pattern) => `\`${pattern}\``).join(' ');
  const rows = functionNames.map((name) => {
    const { does, state, vault, starts, decrypts } = rights[name];
    const cells = [
      `\`${name}\`: ${does}`,
      keys(state.writes),
      keys(state.deletes),
      keys(vault.reads),
      keys(vault.writes),
      keys(vault.deletes) +
        (vault.abortsUploads ? '; aborts uploads' : '') +
        (vault.readsWorm ? '; asks for WORM' : ''),
      starts.length === 0 ? '–' : starts.join(', '),
      decrypts ? 'yes' : 'no',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    'function',
    'writes in the state',
    'deletes in the state',
    'reads in a vault',
    'writes',
    'deletes',
  ];
  const heading = `| ${[...head, 'starts', 'decrypts'].join(' | ')} |`;
  return [heading, '|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}

describe('docs/deploy.md', () => {
  it('shows the rights of the functions as the policies give them', () => {
    const [, shown] = /<!-- rights -->\n([\s\S]*?)\n?<!-- \/rights -->/.exec(page) ?? [];
    expect(shown).toBe(table());
  });
});
