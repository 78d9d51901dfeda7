import { type Schedule, scheduleSchema } from '../../../../shared/formats/manifests/schedule';
import { parse } from '../../../../shared/platform/input/parse';

/** A schedule as it is stored: daily at 02:00 UTC, cluster `a`, started 2026-11-20, and what `spec` says instead. */
export function aSchedule(spec: object = {}, name = 'daily'): Schedule {
  return parse(
    scheduleSchema,
    {
      kind: 'Schedule',
      metadata: { name },
      spec: {
        schedule: '0 2 * * *',
        clusters: ['a'],
        vault: 'main',
        startAt: '2026-11-20T10:00:00Z',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
        ...spec,
      },
    },
    'the schedule',
  );
}

export const at = (text: string) => new Date(text);
