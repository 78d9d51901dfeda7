import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { nameSchema } from '../../platform/input/names';
import type { Precondition } from '../../formats/state/manifests/manifest-folder';
import type { State } from '../../formats/state/state';
import { assertMatches, entityTag, isKnown } from '../conditions';
import { pageOf, pageQuery } from '../page';
import { type Call, type Route, route, type Schema } from '../route';
import { withoutPlacesIn } from '../without-places';
import { withoutSeals } from '../without-seals';

/** The path of one thing. */
export const namePath = v.strictObject({ name: v.pipe(nameSchema, v.description('Its name')) });
export const listQuery = v.strictObject(pageQuery);
/** The body of an action that takes nothing: declared as JSON, as no form of a web page is. */
export const emptyBody = v.strictObject({});

interface Named {
  metadata: { name: string };
}

interface Folder<T> {
  get(name: string): Promise<T>;
  list(): Promise<{ items: T[]; unreadable: { name: string; reason: string }[] }>;
}

/** How manifests of one kind are read over HTTP. */
export interface ReadableManifests<T extends Named> {
  /** `/schedules`. */
  path: string;
  /** `Schedule`, for ids. */
  word: string;
  tag: string;
  item: Schema;
  list: Schema;
  folder(state: State): Folder<T>;
  /** False for what concerns clusters out of reach. */
  visible(call: Call, item: T): boolean;
  /** What one of them has beside the manifest, for the document. */
  oneHas?: string;
  /** What is shown beside the manifest. @param closely for one that was asked for by name */
  shown?(call: Call, items: T[], closely: boolean): Promise<unknown[]>;
}

/** `GET /<things>` by page and `GET /<things>/{name}`. */
export function readRoutes<T extends Named>(manifests: ReadableManifests<T>): Route[] {
  const { path, word, tag, item, list } = manifests;
  const show = async (call: Call, items: T[], closely: boolean) =>
    withoutSeals(manifests.shown ? await manifests.shown(call, items, closely) : items);
  return [
    route({
      method: 'GET',
      path,
      id: `list${word}s`,
      tag,
      summary: `List the ${tag.toLowerCase()}, by name`,
      role: 'viewer',
      query: listQuery,
      answers: { 200: { description: 'A page of the list', content: list } },
      async handle(call) {
        const { items, unreadable } = await manifests.folder(call.installation.state).list();
        const visible = items.filter((each) => manifests.visible(call, each));
        const page = await pageOf(visible, ({ metadata }) => metadata.name, call.query);
        const first = call.query.continue === undefined && call.reach.everything;
        return {
          status: 200,
          body: { ...page, items: await show(call, page.items, false), unreadable: first ? unreadable : [] },
        };
      },
    }),
    route({
      method: 'GET',
      path: `${path}/{name}`,
      id: `get${word}`,
      tag,
      summary: `Show one of the ${tag.toLowerCase()}`,
      ...(manifests.oneHas && { description: manifests.oneHas }),
      role: 'viewer',
      parameters: namePath,
      conditional: 'read',
      answers: {
        200: {
          description: 'The manifest',
          content: item,
          headers: { etag: 'Of the manifest and its status' },
        },
        304: { description: 'It is as it was under the ETag in If-None-Match' },
      },
      async handle(call) {
        const found = await visibleManifest(manifests, call, call.path.name);
        const [body] = await show(call, [found], true);
        // Of what is shown alone: a digest of more would tell whether a guess at the rest is right.
        const { status, ...manifest } = body as { status?: unknown };
        const etag = entityTag(manifest, call.caller.clusters ? withoutPlacesIn(status) : status);
        if (isKnown(etag, call.conditions)) return { status: 304, headers: { etag } };
        return { status: 200, body, headers: { etag } };
      },
    }),
  ];
}

/** Throws `not-found` also for what the caller may not see. */
export async function visibleManifest<T extends Named>(
  { folder, visible, word }: Pick<ReadableManifests<T>, 'folder' | 'visible' | 'word'>,
  call: Call,
  name: string,
): Promise<T> {
  const found = await folder(call.installation.state).get(name);
  assertVisible({ visible, word }, call, found);
  return found;
}

function assertVisible<T extends Named>(
  { visible, word }: Pick<ReadableManifests<T>, 'visible' | 'word'>,
  call: Call,
  found: T,
): void {
  if (visible(call, found)) return;
  const kind = word.toLowerCase();
  throw new LifeboatError('not-found', `there is no ${kind} "${found.metadata.name}"`, {
    hint: `see what there is with \`lifeboat ${kind} get\``,
  });
}

/** What a call may replace: a manifest within its reach, and with If-Match the one that it names. */
export function replaceable<T extends Named & { kind: string }>(
  manifests: Pick<ReadableManifests<T>, 'visible' | 'word'>,
  call: Call,
): Precondition<T> {
  return (now) => {
    assertVisible(manifests, call, now);
    assertMatches(now, call.conditions);
  };
}

/** A manifest that was written, with its ETag. */
export function written<T extends object>(
  status: 200 | 201,
  manifest: T,
  headers: Record<string, string> = {},
) {
  return { status, body: manifest, headers: { etag: entityTag(manifest), ...headers } };
}

export const etagHeader = { etag: 'Of the manifest' };
