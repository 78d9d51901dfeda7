import * as v from 'valibot';
import { applyReplication } from '../../app/apply/apply-replication';
import { applySchedule } from '../../app/apply/apply-schedule';
import type { Applied, ApplyTerms } from '../../app/apply/manifest-text';
import { replicationSchema } from '../../formats/manifests/replication';
import { scheduleSchema } from '../../formats/manifests/schedule';
import { assertMayCreate, entityTag } from '../conditions';
import { type Answer, type Call, type Route, route } from '../route';
import { type ReadableManifests, replaceable } from './manifest-routes';
import { assertReplicationReach, replicationManifests } from './replications';
import { assertScheduleReach, scheduleManifests } from './schedules';

/** `get` and GET show it; of this only the revision, which `get` prints, counts. */
const status = v.optional(
  v.pipe(
    v.looseObject({ revision: v.optional(v.string()) }),
    v.description(
      'As it was read. With `revision` the text is refused when the manifest was changed or deleted since; the rest is ignored',
    ),
  ),
);

const { spec: scheduleSpec, ...scheduleParts } = scheduleSchema.entries;
const { startAt, includeClusterInNames, ...scheduleFields } = scheduleSpec.entries;
const scheduleText = v.strictObject({
  ...scheduleParts,
  spec: v.strictObject({
    ...scheduleFields,
    startAt: v.optional(startAt),
    includeClusterInNames: v.optional(includeClusterInNames),
  }),
  status,
});
const replicationText = v.strictObject({ ...replicationSchema.entries, status });

const outcome = v.strictObject({
  outcome: v.pipe(
    v.picklist(['created', 'configured', 'unchanged']),
    v.description('What was done, or would be'),
  ),
  dryRun: v.boolean(),
  manifest: v.pipe(
    v.union([scheduleSchema, replicationSchema]),
    v.description('As it is stored, or would be'),
  ),
});

/** Called with what exists, or undefined where the call would create. */
function applicable<T extends { kind: string; metadata: { name: string } }>(
  manifests: ReadableManifests<T>,
  call: Call,
  name: string,
): NonNullable<ApplyTerms<T>['allow']> {
  const allow = replaceable(manifests, call);
  return (now) => {
    if (now) allow(now);
    else assertMayCreate(`${manifests.word.toLowerCase()} "${name}"`, call.conditions);
  };
}

function answered(
  { outcome: done, manifest }: Applied<{ metadata: { name: string } }>,
  path: string,
  dryRun: boolean,
): Answer {
  const body = { outcome: done, dryRun, manifest };
  if (dryRun) return { status: 200, body };
  const headers = { etag: entityTag(manifest), location: `${path}/${manifest.metadata.name}` };
  return { status: done === 'created' ? 201 : 200, body, headers };
}

export const applyRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/apply',
    id: 'applyManifest',
    tag: 'Apply',
    summary: 'Create a schedule or a replication rule, or change it until it is as the manifest says',
    description:
      'Takes a manifest as it is kept in git, as a GET answers it, or as `lifeboat schedule get -o json` prints it. Fields that it leaves out are removed or take their default; what only Lifeboat sets (`startAt`, `resumedAt`, `includeClusterInNames`, `installationInNames`) stays. Sent again it is `unchanged`. Vaults are registered at the command line.',
    role: 'admin',
    query: v.strictObject({
      dryRun: v.optional(v.pipe(v.boolean(), v.description('Check the same and change nothing')), false),
    }),
    body: v.variant('kind', [scheduleText, replicationText]),
    conditional: 'write',
    answers: {
      200: {
        description: 'What was changed, with its `ETag` and `Location`; in a dry run, what would be',
        content: outcome,
      },
      201: {
        description: 'It was created',
        content: outcome,
        headers: { location: 'Where it is', etag: 'Of the manifest' },
      },
    },
    problems: {
      404: 'There is no such vault or cluster, or what has the name is out of reach',
      409: 'Somebody else changed it meanwhile, or since the text was read; or other names would collide',
    },
    async handle(call) {
      const { installation, body: text } = call;
      const { dryRun } = call.query;
      const { name } = text.metadata;
      if (text.kind === 'Schedule') {
        assertScheduleReach(call, text.spec);
        const allow = applicable(scheduleManifests, call, name);
        return answered(await applySchedule(installation, text, { dryRun, allow }), '/schedules', dryRun);
      }
      assertReplicationReach(call, text.spec);
      const allow = applicable(replicationManifests, call, name);
      return answered(await applyReplication(installation, text, { dryRun, allow }), '/replications', dryRun);
    },
  }),
];
