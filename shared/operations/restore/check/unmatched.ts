import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import { LifeboatError } from '../../../platform/errors';
import { isPattern, matcher } from '../../../formats/manifests/selection/glob';
import { selectorQuery } from '../../../formats/manifests/selection/label-match';
import { nearName } from '../../../platform/input/near-name';
import { neverRestored } from '../../../platform/kubernetes/built-in-kinds';
import type { RestoreRequest } from '../../../formats/manifests/run';
import type { RestoreSpec } from '../../../formats/manifests/velero';
import { movedTo } from '../convert/moved';
import { isResourcePattern, meantResources, resolveResourceNames } from '../decide/resource-names';
import type { SavedVolumes } from '../decide/saved-volumes';
import type { Selection } from '../decide/selection';
import type { ArchiveCensus } from './archive-census';
import type { ArchiveFacts } from './archive-facts';

/** Names of what a backup holds that a message lists. */
const mostListed = 10;

/** The parts of a request that have no effect on its backup. */
export interface Unmatched {
  /** A filter or mapping that matches nothing or joins two namespaces, or a selection without objects, one sentence each. */
  faults: string[];
  /** Set where one of the faults is a namespace mapping: the sources that the backup does hold. */
  mappedNamespaces?: ReadonlySet<string>;
  /** Names that have no effect and are no mistake, and names that could mean several resources. */
  remarks: string[];
}

interface Compared {
  /** As it is carried out: for one object, the filters that it stands for. */
  spec: RestoreSpec;
  request: Pick<RestoreRequest, 'transforms' | 'conflicts' | 'snapshotHandles' | 'spec'>;
  selection: Selection;
  facts: ArchiveFacts;
  census: ArchiveCensus;
  saved: Pick<SavedVolumes, 'claims'>;
  /** Objects were left out before, with their reasons in the report. */
  someLeftOut: boolean;
  /** Resources of the target. */
  served: readonly ApiResource[];
}

/**
 * Compares a request with what the first reading of its backup found. A name with a slip matches nothing, and what it was to
 * protect or to move is then overwritten, so the caller must write nothing, or only what no fault concerns.
 */
export function unmatchedParts(compared: Compared): Unmatched {
  const { spec, facts, census, someLeftOut } = compared;
  const mapping = unmatchedMappings(compared);
  const resources = resourceFaults(compared);
  const modifiers = unmatchedModifiers(compared);
  const faults = [
    ...mapping.faults,
    ...unmatchedNames('includedNamespaces', spec.includedNamespaces, census.namespaces),
    ...unmatchedNames('excludedNamespaces', spec.excludedNamespaces, census.namespaces),
    ...resources.faults,
    ...unmatchedClassesAndImages(compared),
    ...modifiers.faults,
    ...unmatchedHandles(compared),
    ...unmatchedSelectors(spec, census),
  ];
  if (faults.length === 0 && facts.total === 0 && !someLeftOut) faults.push(nothingSelected(compared));
  return {
    faults,
    ...(mapping.faults.length > 0 && { mappedNamespaces: mapping.held }),
    remarks: [...resources.remarks, ...modifiers.remarks],
  };
}

/** Throws LifeboatError `invalid` that names every part without effect. */
export function assertMatched({ faults }: Unmatched, backup: string): void {
  if (faults.length === 0) return;
  throw new LifeboatError('invalid', `nothing was restored from backup "${backup}": ${faults.join('; ')}`, {
    hint: 'correct what matches nothing, or leave it out',
  });
}

function unmatchedMappings({ request, selection, facts, census }: Compared): {
  faults: string[];
  held: Set<string>;
} {
  const held = new Set<string>();
  const faults: string[] = [];
  const mapping = request.spec.namespaceMapping ?? {};
  const { neededNamespaces } = facts;
  for (const [source, target] of Object.entries(mapping)) {
    if (!census.namespaces.has(source)) {
      faults.push(`namespaceMapping names "${source}", ${instead('namespaces', source, census.namespaces)}`);
    } else if (selection.namespaceLeftOut(source) !== undefined) {
      faults.push(`namespaceMapping names "${source}": ${selection.namespaceLeftOut(source)}`);
    } else held.add(source);
    const meets = source !== target && !Object.hasOwn(mapping, target);
    if (meets && neededNamespaces.has(source) && neededNamespaces.has(target)) {
      faults.push(
        `namespaceMapping sends "${source}" to "${target}", where the backup's own "${target}" goes too: map that one too, or leave it out (excludedNamespaces)`,
      );
    }
  }
  return { faults, held };
}

function unmatchedNames(field: string, names: readonly string[] = [], held: ReadonlySet<string>): string[] {
  return names
    .filter((name) => name !== '*' && ![...held].some(matcher(name)))
    .map((name) => `${field} names "${name}", ${instead('namespaces', name, held)}`);
}

/** Says what the backup holds in the place of a name, and which of it was likely meant. */
function instead(what: string, name: string, held: ReadonlySet<string>): string {
  const names = [...held].sort();
  const near = isPattern(name) ? undefined : nearName(name, names);
  const listed = names.slice(0, mostListed).join(', ');
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : '';
  return `which matches nothing; the backup holds ${names.length === 0 ? `no ${what}` : `${what} ${listed}${more}`}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
}

function resourceFaults({ spec, request, selection, census, served }: Compared): {
  faults: string[];
  remarks: string[];
} {
  const faults: string[] = [];
  const remarks: string[] = [];
  const check = (field: string, name: string, held: ReadonlySet<string>, needed: boolean) => {
    if (name === '*') return;
    const matches = (resolveResourceNames([name], served) ?? []).map((one) => matcher(movedTo(one)));
    const found = [...held].filter((one) => matches.some((fits) => fits(one)));
    const others = sameName(name, found, census.resources, served);
    const known = isKnown(name, served);
    if (found.length > 1 && !known && !isResourcePattern(name)) {
      faults.push(
        `${field} names "${name}", which could mean ${found.sort().join(' or ')}: write the full name`,
      );
    } else if (found.length > 0) {
      if (others.length > 0)
        remarks.push(
          `${field}: "${name}" means ${found.join(', ')}; write the full name for ${others.join(', ')}`,
        );
    } else if (needed || !known) {
      const left = needed && [...census.resources].find((one) => matches.some((fits) => fits(one)));
      faults.push(
        left
          ? `${field} names "${name}", and none in the backup is selected: ${reasonOf(selection, left)}`
          : `${field} names "${name}", ${instead('resources', name, census.resources)}`,
      );
    } else remarks.push(`${field} names "${name}", and the backup holds none`);
  };
  for (const name of spec.includedResources ?? [])
    check('includedResources', name, census.resourcesInScope, true);
  for (const name of spec.excludedResources ?? []) check('excludedResources', name, census.resources, false);
  for (const name of Object.keys(request.conflicts?.resources ?? {})) {
    check('conflicts.resources', name, census.resources, false);
  }
  const { restoreStatus } = spec;
  for (const name of [
    ...(restoreStatus?.includedResources ?? []),
    ...(restoreStatus?.excludedResources ?? []),
  ]) {
    check('restoreStatus', name, census.resources, false);
  }
  return { faults, remarks };
}

/** Resources of the backup that are called as one that was meant, or as the name, in another group. */
function sameName(
  name: string,
  found: readonly string[],
  held: ReadonlySet<string>,
  served: readonly ApiResource[],
): string[] {
  if (name.includes('.') || isResourcePattern(name)) return [];
  const plurals = new Set([name.toLowerCase(), ...meantResources(name, served).map(pluralOf)]);
  return [...held].filter((one) => plurals.has(pluralOf(one)) && !found.includes(one)).sort();
}

function pluralOf(name: string): string {
  return name.split('.')[0]!;
}

/** Whether the target serves it, or Velero leaves it out of every restore. */
function isKnown(name: string, served: readonly ApiResource[]): boolean {
  const lower = name.toLowerCase();
  if (isResourcePattern(name)) return served.some((one) => matcher(lower)(groupResource(one)));
  return (
    meantResources(name, served).length > 0 || movedTo(lower) !== lower || neverRestored(lower) !== undefined
  );
}

function reasonOf(selection: Selection, resource: string): string {
  return (
    selection.resourceLeftOut(resource) ??
    selection.clusterScopedLeftOut ??
    'those that it holds are in other namespaces'
  );
}

function unmatchedClassesAndImages({ request, census }: Compared): string[] {
  const { storageClasses = {}, images = {} } = request.transforms ?? {};
  return [
    ...Object.keys(storageClasses)
      .filter((name) => !census.classes.has(name))
      .map((name) => `storageClasses maps "${name}", ${instead('storage classes', name, census.classes)}`),
    ...Object.keys(images)
      .filter((name) => !census.images.has(name))
      .map((name) => `images maps "${name}", ${instead('images', name, census.registries)}`),
  ];
}

function unmatchedHandles({ request, saved }: Compared): string[] {
  const claims = new Set(saved.claims);
  return Object.keys(request.snapshotHandles ?? {})
    .filter((claim) => !claims.has(claim))
    .map(
      (claim) => `snapshotHandles names "${claim}", ${instead('claims with a CSI snapshot', claim, claims)}`,
    );
}

/** A file of several rules is often written for several backups, so one of them may match nothing; all of them may not. */
function unmatchedModifiers({ request, census }: Compared): { faults: string[]; remarks: string[] } {
  const rules = request.transforms?.resourceModifiers?.resourceModifierRules ?? [];
  const unmatched = rules.flatMap(({ conditions }, index) =>
    census.modifiers.has(index)
      ? []
      : [
          `resource modifier ${index + 1} (${conditions.groupResource}) matches nothing of the selected objects`,
        ],
  );
  return unmatched.length === rules.length
    ? { faults: unmatched, remarks: [] }
    : { faults: [], remarks: unmatched };
}

function unmatchedSelectors({ orLabelSelectors = [] }: RestoreSpec, census: ArchiveCensus): string[] {
  return orLabelSelectors
    .filter((_, index) => !census.selectors.has(index))
    .map((selector) => `selector ${selectorQuery(selector) ?? '{}'} matches nothing of the selected objects`);
}

function nothingSelected({ spec, census }: Compared): string {
  if (census.resources.size === 0) return 'the backup holds no objects (0 items)';
  const query = selectorQuery(spec.labelSelector);
  const what = query === undefined ? 'the filters together match' : `selector ${query} matches`;
  return `${what} nothing in the backup (0 items); it holds resources ${[...census.resources].sort().slice(0, mostListed).join(', ')}`;
}
