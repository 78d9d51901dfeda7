import type { ObjectMeta } from '../../platform/kubernetes/kube-object';
import { isPattern, matcher } from '../../formats/manifests/selection/glob';
import { matchesSelector } from '../../formats/manifests/selection/label-match';
import {
  type NamespacesByLabel,
  namespacesByLabel,
  selectsNamespacesByLabel,
} from '../../formats/manifests/selection/namespace-labels';
import { NameFilter } from '../../formats/manifests/selection/name-filter';
import { nearName } from '../../platform/input/near-name';
import type { BackupSpec, LabelSelector } from '../../formats/manifests/velero';

/** Label that keeps a namespace and all in it, or one object, out of backups. */
export const excludeLabel = 'velero.io/exclude-from-backup';

/** What is known of a namespace of the cluster. */
export interface KnownNamespace {
  meta: ObjectMeta;
  /** `status.phase`. */
  active: boolean;
  /** It may not be read, so nothing but its name is known. */
  unread?: boolean;
}

type SelectingSpec = Pick<
  BackupSpec,
  'includedNamespaces' | 'excludedNamespaces' | 'includedNamespacesByLabel' | 'resourcePolicies'
>;

/**
 * Which namespaces a backup takes: the spec's lists, with patterns expanded against the cluster, as Velero 1.18 reads them,
 * and the namespaces that label selectors add and take away.
 */
export class NamespaceFilter {
  readonly #filter: NameFilter;
  readonly #expandedToNothing: boolean;
  /** Names and patterns of the spec that no namespace answers to, one sentence each. */
  readonly unmatched: readonly string[];
  /** What nothing but its label leaves out. */
  readonly labelledOut: readonly string[];
  /** Names in the spec that had no effect, each with the reason. */
  readonly remarks: readonly string[];
  /** What label selectors chose, one sentence each. */
  readonly notes: readonly string[];
  /** Labels alone keep it from taking everything. */
  readonly narrowedByLabel: boolean;
  /** How lists reach the objects of the namespaces that are taken. */
  readonly reach: NamespaceReach;

  constructor(spec: SelectingSpec, known: readonly KnownNamespace[]) {
    const names = known.map(({ meta }) => meta.name);
    const includes = spec.includedNamespaces ?? [];
    const excludes = spec.excludedNamespaces ?? [];
    const byLabel = labelsOf(spec, known);
    const labelled = known
      .filter(({ meta }) => meta.labels?.[excludeLabel] === 'true')
      .map(({ meta }) => meta.name);
    const all = includes.includes('*') || (includes.length === 0 && !selectsNamespacesByLabel(spec));
    const expanded = all ? includes : [...new Set([...expand(includes, names), ...byLabel.included])];
    this.#expandedToNothing = !all && expanded.length === 0;
    const asked = new NameFilter(expanded, [...expand(excludes, names), ...byLabel.excluded]);
    this.#filter = new NameFilter(expanded, [...asked.excludes, ...labelled]);
    this.labelledOut = this.#expandedToNothing ? [] : labelled.filter((name) => asked.takes(name));
    this.narrowedByLabel = this.labelledOut.length > 0 && asked.takesEverything;
    this.remarks = this.labelledOut
      .filter((name) => includes.includes(name))
      .map(
        (name) =>
          `namespace ${name} is named in includedNamespaces and labelled ${excludeLabel}: nothing of it is in the backup; take the label off to have it`,
      );
    this.notes = [['include', byLabel.included] as const, ['exclude', byLabel.excluded] as const].flatMap(
      ([verb, chosen]) =>
        chosen.length === 0 ? [] : [`label selectors ${verb} namespaces ${chosen.join(', ')}`],
    );
    this.reach = reachOf(names, all ? undefined : expanded, (name) => this.takes(name));
    const unmatched = (list: readonly string[]) =>
      list.filter(
        (name) => name !== '*' && !names.some(isPattern(name) ? matcher(name) : (one) => one === name),
      );
    this.unmatched = [
      ...byLabel.unmatched,
      ...unreadLabels(spec, known),
      ...unmatched(includes).map((name) => sentence('includedNamespaces', name, names)),
      ...unmatched(excludes).map((name) => sentence('excludedNamespaces', name, names)),
    ];
  }

  /** No namespace is left out, whatever its name. */
  get takesEverything(): boolean {
    return !this.#expandedToNothing && this.#filter.takesEverything;
  }

  takes(namespace: string): boolean {
    return !this.#expandedToNothing && this.#filter.takes(namespace);
  }
}

/** How lists reach the objects of the namespaces that a backup takes. */
export interface NamespaceReach {
  /** The namespaces that are taken, as far as they are known. */
  taken: readonly string[];
  /** Only these are taken, by name: a list across the cluster brings objects that are not wanted. */
  only: boolean;
  /** They are so few that each is listed by itself. */
  few: boolean;
  /** The namespaces that are not taken, for the API server to leave out; none where they are too many to be named. */
  without: readonly string[];
  /** Which part of the known namespaces is taken. */
  share: number;
}

/** One request for each resource and namespace; more than that is dearer than what comes of others across the cluster. */
const fewNamespaces = 10;
/** A request names them all, 88 bytes each at most; servers and proxies take 8 KB. */
const mostLeftOut = 50;

function reachOf(
  names: readonly string[],
  listed: readonly string[] | undefined,
  takes: (name: string) => boolean,
): NamespaceReach {
  const taken = [...new Set(listed ?? names)].filter(takes).sort();
  const without = names.filter((name) => !takes(name));
  const known = Math.max(names.length, taken.length, 1);
  return {
    taken,
    only: listed !== undefined,
    few: listed !== undefined && taken.length <= fewNamespaces,
    without: without.length <= mostLeftOut ? without : [],
    share: taken.length / known,
  };
}

function sentence(field: string, name: string, names: readonly string[]): string {
  const said = `${field} names "${name}", and the cluster has no such namespace`;
  const near = isPattern(name) ? undefined : nearName(name, names);
  return near === undefined ? said : `${said} (did you mean "${near}"?)`;
}

function labelsOf(spec: SelectingSpec, known: readonly KnownNamespace[]): NamespacesByLabel {
  return namespacesByLabel(
    spec,
    known.map(({ meta: { name, labels } }) => ({ name, labels })),
  );
}

/** Labels that may not be read may include a namespace, or exclude it. */
function unreadLabels(spec: SelectingSpec, known: readonly KnownNamespace[]): string[] {
  const policy = spec.resourcePolicies?.includeExcludePolicy;
  if (!selectsNamespacesByLabel(spec) && !policy?.excludedNamespacesByLabel?.length) return [];
  return known
    .filter(({ unread }) => unread)
    .map(
      ({ meta }) =>
        `the credentials may not read namespace ${meta.name}, so whether its labels select it is not known`,
    );
}

/**
 * The spec as it is kept with a backup: namespaces that labels include or leave out are there by name (for the label that
 * leaves out as Velero does in prepareBackupRequest). Where labels were to include some and none matched, everything is
 * excluded: an empty list would mean all of them.
 */
export function specAsKept(spec: BackupSpec, known: readonly KnownNamespace[]): BackupSpec {
  const { labelledOut } = new NamespaceFilter(spec, known);
  const byLabel = labelsOf(spec, known);
  const included = [...new Set([...(spec.includedNamespaces ?? []), ...byLabel.included])];
  const nothing = included.length === 0 && selectsNamespacesByLabel(spec);
  const excluded = [...new Set([...byLabel.excluded, ...labelledOut, ...(nothing ? ['*'] : [])])];
  return {
    ...spec,
    ...(byLabel.included.length > 0 && { includedNamespaces: included }),
    ...(excluded.length > 0 && { excludedNamespaces: [...(spec.excludedNamespaces ?? []), ...excluded] }),
  };
}

function expand(list: readonly string[], names: readonly string[]): string[] {
  return list.flatMap((one) => (isPattern(one) ? names.filter(matcher(one)) : [one]));
}

/**
 * Which Namespace objects are stored: those that the filter takes or the selector matches, and those that hold something
 * selected. With a selector over all namespaces only the latter two (Velero's nsTracker).
 */
export class NamespaceChoice {
  readonly #chosen = new Set<string>();

  constructor(
    known: readonly KnownNamespace[],
    filter: NamespaceFilter,
    selectors: readonly LabelSelector[],
  ) {
    for (const { meta, active } of known) {
      if (!active) continue;
      const matches = selectors.some((selector) => matchesSelector(selector, meta.labels));
      const byName = filter.takes(meta.name) && !(filter.takesEverything && selectors.length > 0);
      if (matches || byName) this.#chosen.add(meta.name);
    }
  }

  /** Called for every object that a list gave. */
  holds(namespace: string): void {
    this.#chosen.add(namespace);
  }

  notStored(namespace: string): string | undefined {
    return this.#chosen.has(namespace) ? undefined : 'nothing in it is selected';
  }
}
