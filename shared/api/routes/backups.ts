import * as v from 'valibot';
import { acceptBackup, holdBackup, holdReason } from '../../app/backups/mark-backup';
import { requestRemoval, takeBackRemoval } from '../../app/backups/remove-backup';
import { requestBackup } from '../../app/runs/request';
import { markReasonSchema } from '../../formats/manifests/mark-reason';
import { nameSchema } from '../../platform/input/names';
import { backupRequestSchema } from '../../formats/manifests/request';
import type { ResourceList } from '../../formats/manifests/velero';
import { describeBackup } from '../../formats/vault/describe-backup';
import { backupKeys } from '../../formats/vault/layout';
import { readResourceList, readResults } from '../../formats/vault/side-files/read-side-file';
import { backupList, contentsList, heldAnswer, resultsAnswer, shownBackup } from '../answers/backups';
import { backupPage, reachedStandings } from '../backup-page';
import { type LocatedBackup, locateBackup, storedBackup } from '../backup-place';
import { pageOf, pageQuery } from '../page';
import { requested, requestedAnswers } from '../requested-run';
import { type Call, type Route, route } from '../route';
import { runActions } from './runs';

const tag = 'Backups';

/** Velero's names may be subdomains. */
const backupPath = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/), v.description('Its name')),
});
const vaultFilter = v.optional(v.pipe(nameSchema, v.description('Only in this vault')));
const vaultQuery = v.strictObject({ vault: vaultFilter });

/** What schedules set is not for callers. */
const { kind: _kind, schedule: _schedule, ...newBackup } = backupRequestSchema.entries;

export const backupRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/backups',
    id: 'listBackups',
    tag,
    summary: 'List what lies in the vaults, by vault and name, then what is under way',
    description: 'Backups that failed lie in no vault: `/runs` tells of them.',
    role: 'viewer',
    query: v.strictObject({ ...pageQuery, vault: vaultFilter }),
    answers: { 200: { description: 'A page of the list', content: backupList } },
    problems: { 404: 'There is no such vault' },
    handle: async (call) => ({ status: 200, body: await backupPage(call, call.query) }),
  }),
  route({
    method: 'POST',
    path: '/backups',
    id: 'createBackup',
    tag,
    summary: 'Ask for a backup',
    description:
      'A name is used once: asked for again in the same words, nothing is made and the answer is 200 with `created: false`; in others it is 409. Names that end in a hyphen and 14 digits are reserved for schedules. Poll `/backups/{name}` until `result` is there.',
    role: 'operator',
    body: v.strictObject(newBackup),
    startsRuns: true,
    answers: requestedAnswers,
    problems: {
      404: 'There is no such vault or cluster',
      409: 'The name is taken by another request, or by a backup that somebody else put into the vault',
    },
    async handle({ installation, reach, quota, body }) {
      reach.assertClusters([body.cluster]);
      const { name } = body.metadata;
      const run = { kind: 'backups', name } as const;
      const made = await quota.within([run], () =>
        requestBackup(installation, { kind: 'BackupRequest', ...body }),
      );
      return requested(run, made);
    },
  }),
  route({
    method: 'GET',
    path: '/backups/{name}',
    id: 'getBackup',
    tag,
    summary: 'Show a backup, and how far it is',
    role: 'viewer',
    parameters: backupPath,
    query: vaultQuery,
    answers: { 200: { description: 'The backup', content: shownBackup } },
    handle: async (call) => ({
      status: 200,
      body: await shown(call, await locateBackup(call, call.path.name, call.query.vault)),
    }),
  }),
  ...runActions('backups', tag),
  route({
    method: 'GET',
    path: '/backups/{name}/results',
    id: 'getBackupResults',
    tag,
    summary: 'Errors and warnings of a backup',
    role: 'viewer',
    parameters: backupPath,
    query: vaultQuery,
    answers: { 200: { description: 'The messages', content: resultsAnswer } },
    async handle(call) {
      const { store, name } = await storedBackup(call, call.path.name, call.query.vault);
      return { status: 200, body: await readResults(store, backupKeys(name).results) };
    },
  }),
  route({
    method: 'GET',
    path: '/backups/{name}/contents',
    id: 'getBackupContents',
    tag,
    summary: 'The objects that a backup holds, by resource, namespace and name',
    role: 'viewer',
    parameters: backupPath,
    query: v.strictObject({ ...pageQuery, vault: vaultFilter }),
    answers: { 200: { description: 'A page of the list', content: contentsList } },
    async handle(call) {
      const { store, name } = await storedBackup(call, call.path.name, call.query.vault);
      const objects = objectsOf(await readResourceList(store, backupKeys(name).resourceList));
      const page = await pageOf(objects, idOf, call.query);
      return { status: 200, body: { ...page, unreadable: [] } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/backups/{name}',
    id: 'deleteBackup',
    tag,
    summary: 'Ask for the deletion of a backup, whatever the rules say',
    description:
      'The next hourly pass makes it invisible; its content follows 25 hours later, when nobody can be reading it any more.',
    role: 'admin',
    parameters: backupPath,
    query: vaultQuery,
    answers: {
      202: {
        description: 'It is written down',
        content: v.strictObject({ backup: v.string(), state: v.literal('requested') }),
      },
    },
    problems: { 422: 'The vault is read-only', 409: 'It is under legal hold' },
    async handle(call) {
      const { name, vault } = await storedBackup(call, call.path.name, call.query.vault);
      await requestRemoval(call.installation, { vault, backup: name });
      return { status: 202, body: { backup: name, state: 'requested' } };
    },
  }),
  route({
    method: 'DELETE',
    path: '/backups/{name}/deletion',
    id: 'undeleteBackup',
    tag,
    summary: 'Take the decision to delete a backup back, while the next hourly pass has not carried it out',
    role: 'admin',
    parameters: backupPath,
    query: vaultQuery,
    answers: {
      200: {
        description: 'It stays',
        content: v.strictObject({ backup: v.string(), state: v.literal('kept') }),
      },
    },
    problems: { 404: 'No deletion of it is pending', 409: 'It is being deleted, or a rule decided it' },
    async handle(call) {
      const { name, vault } = await storedBackup(call, call.path.name, call.query.vault);
      await takeBackRemoval(call.installation, { vault, backup: name });
      return { status: 200, body: { backup: name, state: 'kept' } };
    },
  }),
  route({
    method: 'PUT',
    path: '/backups/{name}/hold',
    id: 'holdBackup',
    tag,
    summary: 'Put a backup under legal hold: nothing deletes it until it is released at the command line',
    role: 'operator',
    parameters: backupPath,
    query: vaultQuery,
    body: v.strictObject({ reason: markReasonSchema }),
    answers: { 200: { description: 'It is held', content: heldAnswer } },
    async handle(call) {
      const { name, vault } = await storedBackup(call, call.path.name, call.query.vault);
      const held = await holdBackup(call.installation, { vault, backup: name }, call.body.reason);
      return { status: 200, body: held };
    },
  }),
  route({
    method: 'POST',
    path: '/backups/{name}/accept',
    id: 'acceptBackup',
    tag,
    summary: 'Say that a suspect backup is right as it is',
    role: 'operator',
    parameters: backupPath,
    query: vaultQuery,
    body: v.strictObject({ reason: v.optional(markReasonSchema) }),
    answers: {
      200: { description: 'It is accepted', content: v.strictObject({ accepted: v.literal(true) }) },
    },
    async handle(call) {
      const { name, vault } = await storedBackup(call, call.path.name, call.query.vault);
      await acceptBackup(call.installation, { vault, backup: name }, call.body.reason);
      return { status: 200, body: { accepted: true } };
    },
  }),
];

async function shown(call: Call, { name, vault, store, stored, run }: LocatedBackup) {
  const { request, live, starts, progress, result } = run ?? {};
  const ours = run && { request, live, starts, progress, result };
  if (!stored) return { kind: 'backups', name, phase: run?.phase, vault, ...ours };
  const [{ backup, writer, sizes, problems }, standings] = await Promise.all([
    describeBackup(store, name),
    reachedStandings(call, vault),
  ]);
  const { metadata, status } = backup;
  const { held, ...standing } = standings(name);
  const hold = held && (await holdReason(call.installation, { vault, backup: name }));
  return {
    kind: 'backups',
    name,
    // The manifest is written before the result.
    phase: run?.phase ?? status.phase ?? '',
    vault,
    stored: {
      startTimestamp: status.startTimestamp,
      completionTimestamp: status.completionTimestamp,
      expiration: status.expiration,
      items: status.progress?.itemsBackedUp,
      errors: status.errors,
      warnings: status.warnings,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      writer,
      bytes: Object.values(sizes).reduce((sum, size) => sum + size, 0),
      problems,
      hold,
      ...standing,
    },
    ...ours,
  };
}

interface ContainedObject {
  resource: string;
  namespace?: string;
  name: string;
}

/** In the order of `idOf`. */
function objectsOf(list: ResourceList): ContainedObject[] {
  const objects = Object.entries(list).flatMap(([resource, names]) =>
    names.map((text) => {
      const slash = text.indexOf('/');
      if (slash === -1) return { resource, name: text };
      return { resource, namespace: text.slice(0, slash), name: text.slice(slash + 1) };
    }),
  );
  return objects
    .map((object) => ({ object, id: idOf(object) }))
    .sort(byId)
    .map(({ object }) => object);
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function idOf({ resource, namespace, name }: ContainedObject): string {
  return [resource, namespace ?? '', name].join('\n');
}
