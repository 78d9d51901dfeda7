import * as v from 'valibot';
import { addReplication } from '../../app/replications/add-replication';
import { unchangedSince } from '../../app/edited-manifest';
import {
  deleteReplication,
  pauseReplication,
  replaceReplication,
  unpauseReplication,
} from '../../app/replications/change-replication';
import { replicationStatuses } from '../../app/replications/replication-status';
import { type Replication, replicationSchema } from '../../formats/manifests/replication';
import { replicationList, shownReplication } from '../answers/manifests';
import { type Call, type Route, route } from '../route';
import {
  emptyBody,
  etagHeader,
  namePath,
  type ReadableManifests,
  readRoutes,
  replaceable,
  visibleManifest,
  written,
} from './manifest-routes';

const tag = 'Replications';

export const replicationManifests: ReadableManifests<Replication> = {
  path: '/replications',
  word: 'Replication',
  tag,
  item: shownReplication,
  list: replicationList,
  folder: (state) => state.replications,
  visible: ({ reach }, rule) => reach.replication(rule),
  async shown({ installation }, rules) {
    const statuses = await replicationStatuses(installation, rules);
    return rules.map((rule, index) => ({ ...rule, status: statuses[index] }));
  },
};

const { metadata, spec } = replicationSchema.entries;
const newReplication = v.strictObject({ metadata, spec });
const answers = { 200: { description: 'The rule', content: replicationSchema, headers: etagHeader } };

/** Throws `denied` unless all clusters of a rule are within reach. */
export function assertReplicationReach(
  { reach }: Pick<Call, 'reach'>,
  { source, targets }: Replication['spec'],
): void {
  reach.assertClusters([source.cluster, ...targets]);
  if (source.clusterUid !== undefined) reach.assertEverything("another installation's cluster");
}

export const replicationRoutes: Route[] = [
  ...readRoutes(replicationManifests),
  route({
    method: 'POST',
    path: '/replications',
    id: 'createReplication',
    tag,
    summary: 'Make a replication rule',
    role: 'admin',
    body: newReplication,
    answers: {
      201: {
        description: 'The rule',
        content: replicationSchema,
        headers: { location: 'Where it is', ...etagHeader },
      },
    },
    problems: { 404: 'There is no such vault or cluster', 409: 'The name is taken' },
    async handle(call) {
      assertReplicationReach(call, call.body.spec);
      const made = await addReplication(call.installation, { kind: 'Replication', ...call.body });
      return written(201, made, { location: `/replications/${made.metadata.name}` });
    },
  }),
  route({
    method: 'PUT',
    path: '/replications/{name}',
    id: 'replaceReplication',
    tag,
    summary: 'Put another rule in its place; given another source, it begins anew',
    role: 'admin',
    parameters: namePath,
    body: newReplication,
    conditional: 'write',
    answers,
    problems: { 409: 'Somebody else changed it meanwhile' },
    async handle(call) {
      const was = await visibleManifest(replicationManifests, call, call.path.name);
      assertReplicationReach(call, call.body.spec);
      const allow = replaceable(replicationManifests, call);
      allow(was);
      const wanted = { kind: 'Replication', ...call.body };
      const replaced = await replaceReplication(call.installation, was, wanted, {
        allow: (now) => {
          allow(now);
          if (call.conditions.ifMatch === undefined) unchangedSince(was)(now);
        },
      });
      return written(200, replaced ?? was);
    },
  }),
  route({
    method: 'DELETE',
    path: '/replications/{name}',
    id: 'deleteReplication',
    tag,
    summary: 'Delete a rule; what it created in its targets stays',
    role: 'admin',
    parameters: namePath,
    conditional: 'write',
    answers: { 204: { description: 'It is gone' } },
    async handle(call) {
      await visibleManifest(replicationManifests, call, call.path.name);
      await deleteReplication(call.installation, call.path.name, replaceable(replicationManifests, call));
      return { status: 204 };
    },
  }),
  ...(
    [
      ['pause', pauseReplication, 'Let a rule rest: nothing is restored by it until it is unpaused'],
      ['unpause', unpauseReplication, 'Let a rule go on, with the newest backup there is'],
    ] as const
  ).map(([action, change, summary]) =>
    route({
      method: 'POST',
      path: `/replications/{name}/${action}`,
      id: `${action}Replication`,
      tag,
      summary,
      role: 'operator',
      parameters: namePath,
      body: emptyBody,
      conditional: 'write',
      answers,
      async handle(call) {
        await visibleManifest(replicationManifests, call, call.path.name);
        const allow = replaceable(replicationManifests, call);
        return written(200, await change(call.installation, call.path.name, allow));
      },
    }),
  ),
];
