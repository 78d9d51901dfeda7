import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { conversions } from '../../../../../shared/operations/restore/convert/table';
import { back, fromThen } from '../../../../e2e/across-versions/conversions';
import { capturedPairs, origins } from './captured';

interface Row {
  kind: string;
  direction: string;
  versions: string[];
  changes: string;
  provedBy: string[];
  clusters: boolean;
}

const page = readFileSync(resolve(__dirname, '../../../../../docs/api-versions.md'), 'utf8');
const rows = page
  .slice(page.indexOf('| kind |'))
  .trim()
  .split('\n')
  .slice(2)
  .map((line): Row => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, kind = '', direction = '', versions = '', changes = '', proofs = '', clusters = ''] = cells;
    return {
      kind,
      direction,
      versions: versions.split(' → ').map((version) => version.replaceAll('`', '')),
      changes,
      provedBy: proofs.split(', '),
      clusters: clusters === 'yes',
    };
  });

/** The steps that lead from left to right along a row. */
function stepsOf({ kind, versions }: Row) {
  return conversions.filter(
    (one) => one.kind === kind && versions.indexOf(one.from) < versions.indexOf(one.to),
  );
}

const pairs = capturedPairs();

describe('the documented table of conversions', () => {
  it('has one row for each kind and direction', () => {
    const kinds = [...new Set(conversions.map(({ kind }) => kind))];
    const wanted = kinds.flatMap((kind) => [`${kind} up`, `${kind} down`]);
    expect(rows.map(({ kind, direction }) => `${kind} ${direction}`)).toEqual(wanted);
  });

  it.each(rows)('names the versions of $kind, $direction, every one of them', (row) => {
    const { kind, direction, versions } = row;
    const own = conversions.filter((one) => one.kind === kind);
    expect(new Set(versions)).toEqual(new Set(own.flatMap(({ from, to }) => [from, to])));
    const other = rows.find((one) => one.kind === kind && one.direction !== direction);
    expect(other?.versions.toReversed()).toEqual(versions);
    // Neighbours, at least, have a step of their own, so that each leads to each to its right.
    const steps = stepsOf(row).map(({ from, to }) => `${from} ${to}`);
    for (const [at, version] of versions.entries())
      if (at > 0) expect(steps).toContain(`${versions[at - 1]} ${version}`);
  });

  it.each(rows)('says what proves those of $kind, $direction', (row) => {
    const steps = stepsOf(row).map(({ kind, from, to }) => `${kind} ${from} ${to}`);
    const proofs = origins.filter((origin) =>
      pairs.some(
        ({ title, kind, from, to }) =>
          title.startsWith(`${origin}:`) && steps.includes(`${kind} ${from} ${to}`),
      ),
    );
    expect(row.provedBy).toEqual(proofs.map((origin) => (origin.startsWith('go-') ? 'functions' : origin)));
  });

  it('says of a step that changes nothing that it does not', () => {
    for (const row of rows) {
      const changing = stepsOf(row).some(({ convert }) => convert !== undefined);
      if (!changing) expect(`${row.kind} ${row.direction}: ${row.changes}`).toMatch(/: nothing$/);
    }
  });

  it('says which were made from cluster to cluster', () => {
    const seen = (direction: string) =>
      rows.filter((row) => row.direction === direction && row.clusters).map(({ kind }) => kind);
    const up = Object.values(fromThen).flatMap((made) => Object.keys(made));
    expect(seen('up').sort()).toEqual([...up, 'CustomResourceDefinition'].sort());
    expect(seen('down').sort()).toEqual(Object.keys(back).sort());
  });
});
