import { NotAnApiServer } from '../../../platform/kubernetes/believe';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isKind, messageOf } from '../../../platform/errors';
import type { ArchivedItem } from '../../../formats/vault/archive-types';
import { parseItem } from '../document/archived-object';
import { decide } from '../decide/decide';
import { leftToController } from '../decide/left-to-controller';
import type { Outcome, Subject } from '../report/outcome';
import type { Attempt } from './refused/attempt';
import { createObject, type CreateWork } from './create/create-object';
import type { Foreseen } from './refused/refused-items';
import type { ArchiveFacts } from '../check/archive-facts';
import type { ControlledObjects } from './controlled-objects';
import type { PresentNames } from '../target/present-names';

/** What an object of the archive is restored with. */
export interface ItemWork extends CreateWork {
  facts: ArchiveFacts;
  controlled: ControlledObjects;
  /** What is there where creates are refused one after the other. */
  present: PresentNames;
}

/** After these the cluster may take what it refused before. */
const changing: ReadonlySet<Outcome> = new Set(['created', 'updated', 'recreated']);

export interface ItemOptions {
  /** The object is not in the archive but made for this restore, so that it cannot be read again. */
  made?: boolean;
  /** Whether an object that is to be restored is to be left for a later reading. */
  holdsBack?(object: KubeObject): boolean;
  /** Passes over what was not put aside for its controller. */
  onlyControlled?: boolean;
}

/**
 * Takes one object of the archive as far as it gets: into the report, or among those to be tried again. Returns true when it
 * was held back.
 */
export async function restoreItem(
  work: ItemWork,
  item: ArchivedItem,
  { made = false, holdsBack, onlyControlled = false }: ItemOptions = {},
): Promise<boolean> {
  const object = parseItem(item);
  const subject = targetSubject(work, item, object);
  const decision = decide(item, object, work.facts, work.selection, (name, version) =>
    work.target.serves(name, version),
  );
  if (!decision.restore) {
    if (decision.asked && !onlyControlled) work.report.outcome(subject, 'skipped', decision.reason);
    return false;
  }
  const left = leftToController(item, object, work.facts.controllers, work.transformer.holds);
  // Its turn comes when the outcome of its controller is known.
  if (left ? !work.controlled.settles : onlyControlled) return false;
  if (holdsBack?.(object)) return true;
  if (left?.controllers.every((uid) => work.owners.knows(uid) || work.controlled.isLeft(uid))) {
    const { uid } = object.metadata;
    if (work.owners.wants(uid)) work.controlled.leave(uid);
    work.report.outcome(subject, 'skipped', left.reason);
    return false;
  }
  const blocked = work.namespaces.blocked.get(subject.namespace ?? '');
  if (blocked) {
    work.report.outcome(subject, 'failed', blocked, { quiet: true });
    return false;
  }
  const foreseen = await unlessPresent(work, subject, work.refused.foreseen(item));
  const attempt: Attempt = foreseen
    ? { refusal: foreseen.refusal, detail: foreseen.detail }
    : await createObject(work, item, object, subject).catch(asFailure);
  if ('refusal' in attempt) {
    const { groupResource, namespace, name } = item;
    const ref = { groupResource, namespace, name };
    const { refusal, detail } = attempt;
    work.refused.add({ ref, subject, refusal, detail, item: made ? item : undefined }, foreseen);
    return false;
  }
  const { outcome, reason, detail } = attempt;
  work.refused.accepted(item, changing.has(outcome));
  const shown = work.observer.ends(subject);
  work.report.outcome(subject, outcome, reason, { detail: shown ? { ...detail, ...shown } : detail });
  return false;
}

/** What is there already needs no create, whatever refuses it. What a pass samples was asked for one by one before. */
async function unlessPresent(
  work: ItemWork,
  subject: Subject,
  foreseen: Foreseen | undefined,
): Promise<Foreseen | undefined> {
  if (!foreseen || foreseen.madeBefore !== undefined) return foreseen;
  return (await work.present.mayHold(subject)) ? undefined : foreseen;
}

/** An object that no request can be made of fails alone: the vault is hostile input. */
function asFailure(error: unknown): Attempt {
  if (error instanceof NotAnApiServer) throw error;
  if (isKind(error, 'invalid') || isKind(error, 'corrupt'))
    return { outcome: 'failed', reason: messageOf(error) };
  if (error instanceof TypeError) return { outcome: 'failed', reason: 'it is not shaped as its kind is' };
  throw error;
}

/** How the report names it: where it goes, not where it came from. */
function targetSubject(work: ItemWork, item: ArchivedItem, object: KubeObject): Subject {
  const { groupResource, namespace, name } = item;
  return {
    groupResource,
    apiVersion: object.apiVersion!,
    kind: object.kind!,
    namespace: namespace === undefined ? undefined : work.selection.mapped(namespace),
    name: groupResource === 'namespaces' ? work.selection.mapped(name) : name,
  };
}
