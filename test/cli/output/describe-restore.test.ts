import { expect, it } from '@jest/globals';
import { describeRestoreText, type RestoreRun } from '../../../cli/output/describe-restore';
import type { ObjectOutcome } from '../../../shared/operations/restore/report/outcome';

const run: RestoreRun = {
  kind: 'restores',
  name: 'back',
  phase: 'Completed',
  request: {
    kind: 'RestoreRequest',
    metadata: { name: 'back' },
    cluster: 'a',
    vault: 'main',
    spec: { backupName: 'shop-1' },
  },
} as RestoreRun;

function outcome(kind: string, name: string, reason?: string, became = 'created'): ObjectOutcome {
  const apiVersion = 'example.com/v1';
  const groupResource = 'gadgets.example.com';
  return {
    groupResource,
    apiVersion,
    kind,
    namespace: 'shop',
    name,
    reason,
    outcome: became,
  } as ObjectOutcome;
}

it('lists the conversions that a restore made, whatever else there is to say of the objects', () => {
  const conversion = 'batch/v1beta1 → batch/v1';
  const text = describeRestoreText({
    run,
    outcomes: [
      outcome('CronJob', 'tick', conversion),
      outcome('CronJob', 'tock', `${conversion}; with its status`),
      outcome('Gadget', 'one', 'example.com/v1 → example.com/v2, by name alone'),
      outcome('ConfigMap', 'settings'),
      outcome('Event', 'a → b', 'events belong to the cluster → that they happened in', 'skipped'),
    ],
  });
  const section = text.slice(text.indexOf('Converted'), text.indexOf('Left out'));
  expect(section.trim().split(/\s*\n\s*/)).toEqual([
    expect.stringMatching(/^Converted/),
    `${conversion}: CronJob shop/tick, CronJob shop/tock`,
    'example.com/v1 → example.com/v2, by name alone: Gadget shop/one',
  ]);
});
