import type { FieldChange } from '../../shared/formats/manifests/modifiers/field-diff';
import { originLine, type OriginVerdict } from '../../shared/formats/manifests/origin-verdict';
import { placeName } from '../../shared/formats/manifests/object-name';
import type { PlanAction, PlannedObject } from '../../shared/operations/restore/plan/planned-object';
import type { RestorePlan } from '../../shared/operations/restore/plan/restore-plan';
import { snapshotText } from './snapshot';
import { messageLines } from './message-lines';
import type { Screen } from './screen';
import { section, shortened } from './sections';

interface Options {
  colors: Screen['colors'];
  /** Every object and every change, however many. */
  details: boolean;
}

/** In the order of a summary. */
const actions: PlanAction[] = ['create', 'update', 'recreate', 'delete', 'same', 'skip', 'conflict', 'fail'];
const asJson = '-o json, or --details';
/** Names that one line holds. */
const names = 6;

/** A plan for people: the summary first, then what would go wrong, then what would be done, the quiet parts last. */
export function planSummary({ head, objects }: RestorePlan, options: Options): string {
  const { request, counts, problems } = head;
  const { colors, details } = options;
  const of = (action: PlanAction) => objects.filter((one) => one.action === action);
  const short = (lines: readonly string[]) => (details ? [...lines] : shortened(lines, asJson));
  const total = actions
    .filter((action) => counts[action])
    .map((action) => painted(colors, action)(`${counts[action]} ${action}`))
    .join('   ');
  return [
    `Restore of backup ${request.spec.backupName} (vault ${request.vault}) into cluster ${request.cluster}`,
    ...(head.origin ? [`Origin of the backup: ${originText(head.origin, colors)}`] : []),
    '',
    `  ${total || 'nothing to restore'}`,
    ...section(
      'Would go wrong',
      problems.flatMap(({ message, hint, count, objects: few }) => [
        `${colors.red('!')} ${message}${mentioned(few, count)}`,
        colors.dim(`  ${hint}`),
      ]),
    ),
    ...section('Fail', short(of('fail').map((one) => `${nameOf(one)}: ${one.reason ?? ''}`))),
    ...section(
      'Exists, differs and stays as it is',
      short(of('conflict').flatMap((one) => differing(one, options))),
    ),
    ...section('Update', short(of('update').flatMap((one) => differing(one, options)))),
    ...section('Delete and make again', short(of('recreate').flatMap((one) => differing(one, options)))),
    ...section('Delete', short(of('delete').map(nameOf))),
    ...section('Volumes', short(volumes(objects))),
    ...section('Create', short(byResource(of('create'), details))),
    ...section('Changed on the way', short(changedOnTheWay(objects, details))),
    ...section('Left out', short(byReason(of('skip'), details))),
    ...section('The same already', short(byResource(of('same'), details))),
    ...section('Errors that the restore would report', short(messageLines(head.results.errors))),
    ...section('Warnings', short(messageLines(head.results.warnings))),
  ].join('\n');
}

/** Where the data of each claim comes from, and from where it could come. */
function volumes(objects: readonly PlannedObject[]): string[] {
  return objects.flatMap((one) => (one.snapshot ? [`${placeName(one)}: ${snapshotText(one.snapshot)}`] : []));
}

/** What is not proved stands out. */
function originText(origin: OriginVerdict, colors: Screen['colors']): string {
  const text = originLine(origin);
  return origin.verdict === 'proved' ? text : colors.yellow(text);
}

function painted(colors: Screen['colors'], action: PlanAction): (text: string) => string {
  if (action === 'fail') return colors.red;
  if (action === 'conflict' || action === 'recreate' || action === 'delete') return colors.yellow;
  return action === 'create' || action === 'update' ? colors.green : colors.dim;
}

function nameOf({ groupResource, namespace, name }: PlannedObject): string {
  return `${groupResource} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function mentioned(few: readonly string[], count: number): string {
  if (few.length === 0) return '';
  return `: ${few.join(', ')}${count > few.length ? ` and ${count - few.length} more` : ''}`;
}

/** An object and the fields in which it differs. */
function differing(object: PlannedObject, { colors, details }: Options): string[] {
  const diff = object.diff ?? [];
  const shown = details ? diff : diff.slice(0, 8);
  const rest = diff.length - shown.length;
  const refused = /could not be (updated|merged).*/.exec(object.reason ?? '')?.[0];
  return [
    `${nameOf(object)}${refused ? `: it ${refused}` : ''}`,
    ...shown.map((one) => `    ${changeText(one, colors)}`),
    ...(rest > 0 ? [`    … and ${rest} more fields`] : []),
  ];
}

function changeText({ path, ...values }: FieldChange, colors: Screen['colors']): string {
  const from = 'from' in values ? colors.red(valueText(values.from)) : colors.dim('(none)');
  const to = 'to' in values ? colors.green(valueText(values.to)) : colors.dim('(none)');
  return `${path}: ${from} → ${to}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `configmaps (12): shop/a, shop/b and 10 more`. */
function byResource(objects: readonly PlannedObject[], details: boolean): string[] {
  const groups = grouped(objects, ({ groupResource }) => groupResource);
  return [...groups].map(([resource, list]) => `${resource} (${list.length}): ${listed(list, details)}`);
}

/** One line a reason, the commonest first. */
function byReason(objects: readonly PlannedObject[], details: boolean): string[] {
  return [...grouped(objects, ({ reason = '' }) => reason)]
    .sort(([, left], [, right]) => right.length - left.length)
    .map(([reason, list]) => `${reason} (${list.length}): ${listed(list, details, nameOf)}`);
}

/** What a restore changes by itself, the same change of many objects on one line. */
function changedOnTheWay(objects: readonly PlannedObject[], details: boolean): string[] {
  const changes = objects
    .filter(({ action }) => action !== 'same' && action !== 'skip')
    .flatMap((object) => (object.changes ?? []).map((change) => ({ object, change })));
  const groups = grouped(changes, ({ object, change: { by, path, from, to } }) => {
    const value = (one: unknown) => (one === undefined ? '(none)' : valueText(one));
    return `${by}: ${object.groupResource} ${path}: ${value(from)} → ${value(to)}`;
  });
  return [...groups].map(
    ([text, list]) =>
      `${text} (${listed(
        list.map(({ object }) => object),
        details,
      )})`,
  );
}

function listed(
  objects: readonly PlannedObject[],
  details: boolean,
  text: (object: PlannedObject) => string = placeName,
): string {
  const shown = details ? objects : objects.slice(0, names);
  const rest = objects.length - shown.length;
  return `${shown.map(text).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function grouped<T>(list: readonly T[], headingOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = headingOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
