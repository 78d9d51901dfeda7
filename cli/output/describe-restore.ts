import { originLine } from '../../shared/formats/manifests/origin-verdict';
import type { RestoreRequest } from '../../shared/formats/manifests/run';
import type { Results } from '../../shared/formats/manifests/velero';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import type { Run } from '../../shared/formats/state/run/runs';
import { messageLines } from './message-lines';
import { snapshotText } from './snapshot';
import { field, joined, pairs, section, shortened } from './sections';

/** The run of a restore. */
export type RestoreRun = Run & { request: RestoreRequest };

/** A restore with what it wrote into the vault. */
export interface RestoreDescription {
  run: RestoreRun;
  results?: Results;
  /** A page of the objects, and how many there are of which it is one. */
  outcomes?: ObjectOutcome[];
  matching?: number;
}

/** A restore as text: what was asked for, how it ended, and what became of the objects. */
export function describeRestoreText({ run, results, outcomes = [] }: RestoreDescription): string {
  const { request, result, progress } = run;
  const { backupName, namespaceMapping, ...rest } = request.spec;
  const asJson = `lifeboat restore describe ${run.name} -o json`;
  return joined([
    field('Name', run.name),
    field('Phase', `${run.phase}${result?.reason ? `: ${result.reason}` : ''}`),
    field('Backup', backupName),
    field('Origin', result?.origin && originLine(result.origin)),
    field(
      'Taken without proof',
      request.unproved === undefined ? undefined : 'an admin named it as unproved',
    ),
    field('Vault', request.vault),
    field('Cluster', request.cluster),
    field('Started', result?.startTimestamp),
    field('Completed', result?.completionTimestamp),
    field(
      'Now',
      result || !progress
        ? undefined
        : `${progress.phase} ${progress.done}${progress.total ? `/${progress.total}` : ''}`,
    ),
    field('Namespaces', pairs(namespaceMapping)),
    ...section('Asked for', [...asked(rest), ...asked({ ...request.conflicts, ...request.transforms })]),
    ...section('By a plan', request.plan ? [`SHA-256 ${request.plan.sha256}`] : []),
    ...section(
      'Objects',
      Object.entries(result?.counts ?? {}).map(([outcome, count]) => `${outcome}: ${count}`),
    ),
    ...section('Volumes', shortened(volumes(outcomes), asJson)),
    ...section('Converted', shortened(conversions(outcomes), asJson)),
    ...section('Left out, and why', shortened(reasons(outcomes), asJson)),
    ...section('Errors', shortened(messageLines(results?.errors), asJson)),
    ...section('Warnings', shortened(messageLines(results?.warnings), asJson)),
  ]);
}

function asked(fields: object): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}: ${text.length > 200 ? `${text.slice(0, 197)}…` : text}`;
  });
}

type Outcomes = NonNullable<RestoreDescription['outcomes']>;

/** Claims whose data the backup has as snapshots, and where it came from. */
function volumes(outcomes: Outcomes): string[] {
  return outcomes.flatMap(({ snapshot, namespace, name }) =>
    snapshot ? [`${namespace}/${name}: ${snapshotText(snapshot)}`] : [],
  );
}

/** Objects that came back in another API version: `policy/v1beta1 → policy/v1` stands first in their reasons. */
function conversions(outcomes: Outcomes): string[] {
  return grouped(outcomes, ({ outcome, reason = '' }) =>
    outcome === 'skipped' ? undefined : /^\S+ → [^\s;,]+(, by name alone)?/.exec(reason)?.[0],
  );
}

/** Reasons for leaving objects out. */
function reasons(outcomes: Outcomes): string[] {
  return grouped(outcomes, ({ outcome, reason = '' }) => (outcome === 'skipped' ? reason : undefined));
}

/** One line a reason, the commonest first; objects are named where a reason has few. */
function grouped(outcomes: Outcomes, reasonOf: (outcome: Outcomes[number]) => string | undefined): string[] {
  const byReason = new Map<string, string[]>();
  for (const outcome of outcomes) {
    const reason = reasonOf(outcome);
    if (reason === undefined) continue;
    const { kind, namespace, name } = outcome;
    const names = byReason.get(reason) ?? [];
    byReason.set(reason, names);
    names.push(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
  }
  return [...byReason]
    .sort(([, left], [, right]) => right.length - left.length)
    .map(
      ([reason, names]) => `${reason}: ${names.length > 3 ? `${names.length} objects` : names.join(', ')}`,
    );
}
