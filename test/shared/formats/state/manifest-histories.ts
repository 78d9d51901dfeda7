import { isDeepStrictEqual } from 'node:util';
import { unchangedSince } from '../../../../shared/app/edited-manifest';
import type { Replication } from '../../../../shared/formats/manifests/replication';
import type { ManifestFolder } from '../../../../shared/formats/state/manifests/manifest-folder';
import { rule } from '../../operations/replication/rules';

type Content = Replication | undefined;

/** Something that a process does to the rule `standby`, and what it must come to where nothing else happens meanwhile. */
export interface Act {
  name: string;
  run(folder: ManifestFolder<Replication>): Promise<unknown>;
  /** Content and outcome; errors by their kind. */
  alone(content: Content): [Content, unknown];
}

const standby = rule('standby', 'a', ['b']);
export const original = standby;

function changing(name: string, edit: (now: Replication) => Replication): Act {
  return {
    name,
    run: (folder) => folder.change('standby', edit),
    alone: (content) => (content ? [edit(content), edit(content)] : [content, 'not-found']),
  };
}

const withPaused = (paused: boolean) => (now: Replication) => ({ ...now, spec: { ...now.spec, paused } });

export const pause = changing('pause', withPaused(true));
export const unpause = changing('unpause', withPaused(false));
export const label = (key: string) =>
  changing(`label ${key}`, ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, [key]: 'set' } },
  }));

export const remove: Act = {
  name: 'remove',
  run: (folder) => folder.remove('standby'),
  alone: () => [undefined, undefined],
};

export const create: Act = {
  name: 'create',
  run: (folder) => folder.create({ ...standby, spec: { ...standby.spec, policy: 'mirror' } }),
  alone(content) {
    const made: Replication = { ...standby, spec: { ...standby.spec, policy: 'mirror' } };
    return content ? [content, 'conflict'] : [made, made];
  },
};

/** A person who edited the rule as it was at first. */
export const edit: Act = {
  name: 'edit',
  run: (folder) => folder.change('standby', () => edited, unchangedSince(original)),
  alone(content) {
    if (!content) return [content, 'not-found'];
    return isDeepStrictEqual(content, original) ? [edited, edited] : [content, 'conflict'];
  },
};
const edited: Replication = { ...original, spec: { ...original.spec, onlyIf: ['PartiallyFailed'] } };

export const read: Act = {
  name: 'read',
  run: (folder) => folder.find('standby'),
  alone: (content) => [content, content],
};

export const list: Act = {
  name: 'list',
  run: async (folder) => {
    const { items, unreadable } = await folder.list();
    return unreadable.length > 0 ? unreadable : items.find(({ metadata }) => metadata.name === 'standby');
  },
  alone: (content) => [content, content],
};

/** The outcome of an act that ends with an error which says that it may or may not have been done. */
export const unsure = 'unsure';

/** An act as it went. */
export interface Deed {
  process: number;
  act: Act;
  /** Requests that had been sent when it began and ended. No end: its process died. */
  from: number;
  to?: number;
  outcome?: unknown;
}

/**
 * Whether there is an order of the deeds, each at one moment between its beginning and its end, in which each comes to what it
 * comes to alone, and that ends with `last`. A deed whose process died, or said that it does not know, happened or did not.
 */
export function isInSomeOrder(deeds: readonly Deed[], first: Content, last: Content): boolean {
  if (deeds.length === 0) return isDeepStrictEqual(plain(first), plain(last));
  return deeds.some((deed) => {
    const others = deeds.filter((other) => other !== deed);
    if (
      others.some(
        ({ to, process, from }) =>
          (to !== undefined && to < deed.from) || (process === deed.process && from < deed.from),
      )
    )
      return false;
    const [content, outcome] = deed.act.alone(first);
    if (deed.to === undefined || deed.outcome === unsure)
      return isInSomeOrder(others, content, last) || isInSomeOrder(others, first, last);
    return isDeepStrictEqual(plain(outcome), plain(deed.outcome)) && isInSomeOrder(others, content, last);
  });
}

const plain = (value: unknown) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

export const told = (deeds: readonly Deed[]) =>
  deeds
    .map(
      ({ process, act, from, to, outcome }) =>
        `${process} ${act.name} ${from}–${to ?? 'dead'} ${JSON.stringify(outcome)}`,
    )
    .join('\n');
