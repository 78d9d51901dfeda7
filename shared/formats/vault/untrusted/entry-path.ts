import type { ItemRef } from '../archive-types';

/** What a path in an archive stands for. */
export type EntryPath =
  /** `resources/<gr>/namespaces/<ns>/<name>.json` or `…/cluster/<name>.json`: what a restore reads. */
  | { kind: 'item'; ref: ItemRef }
  /** `resources/<gr>/<version>-preferredversion/…`: the same bytes again. */
  | { kind: 'preferred'; groupResource: string; version: string }
  /** `resources/<gr>/<version>/…`: the object in another version, where a backup stores all of them. */
  | { kind: 'version'; ref: ItemRef; version: string }
  | { kind: 'format-version' }
  /** Under `resources/` and of no known form: Velero warns and goes on. */
  | { kind: 'unknown' }
  /** Of the known form with a name that Kubernetes does not allow; a reader of bad entries wants to know what it would be. */
  | { kind: 'hostile'; ref: ItemRef; version?: string }
  /** Outside `resources/`: harmless. */
  | { kind: 'other' };

/** Classifies a safe path (no empty or dot segments); the layout is Velero's (pkg/archive/parser.go). */
export function parseEntryPath(path: string): EntryPath {
  if (path === 'metadata/version') return { kind: 'format-version' };
  const segments = path.split('/');
  if (segments[0] !== 'resources') return { kind: 'other' };
  const [, groupResource = '', scope, ...rest] = segments;
  const directory = scope === 'namespaces' || scope === 'cluster' ? undefined : (scope ?? '');
  const [place, ...tail] = directory === undefined ? [scope, ...rest] : rest;
  const file = tail.at(-1) ?? '';
  const fits =
    file.endsWith('.json') &&
    ((place === 'namespaces' && tail.length === 2) || (place === 'cluster' && tail.length === 1));
  if (!fits) return { kind: 'unknown' };
  if (directory?.endsWith(preferred)) {
    return { kind: 'preferred', groupResource, version: directory.slice(0, -preferred.length) };
  }
  const name = file.slice(0, -'.json'.length);
  const namespace = place === 'namespaces' ? tail[0] : undefined;
  const isLabel = (text: string | undefined) => text === undefined || label.test(text);
  const allowed = resource.test(groupResource) && isName(name) && isLabel(namespace) && isLabel(directory);
  const ref = { groupResource, ...(namespace === undefined ? {} : { namespace }), name };
  if (!allowed) return { kind: 'hostile', ref, ...(directory === undefined ? {} : { version: directory }) };
  return directory === undefined ? { kind: 'item', ref } : { kind: 'version', ref, version: directory };
}

const preferred = '-preferredversion';
const resource = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A path segment name (apimachinery, IsValidPathSegmentName): RBAC names may hold `:`, `@` and more. */
export function isName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return name !== '' && name !== '.' && name !== '..' && !/[%\u0000-\u001f\u007f]/.test(name);
}
