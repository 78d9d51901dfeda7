import type { Entry } from './read-archive';
import type { Require } from './rules';
import { at, type Fields, isFields } from './shapes';

/** An object of the archive at one of its paths. */
export interface Item {
  groupResource: string;
  namespace?: string;
  name: string;
  /** `v1-preferredversion` or `v1beta1`; undefined for the classic path. */
  version?: string;
  path: string;
  bytes: Buffer;
  object: Fields;
}

const itemPath =
  /^resources\/([^/]+)\/(?:(v[^/]+)\/)?(?:cluster\/([^/]+)|namespaces\/([^/]+)\/([^/]+))\.json$/;
const resource = /^[a-z0-9-]+(\.[a-z0-9.-]+)?$/;
/** Of a file name, in bytes, on the file systems that Velero unpacks on. */
const nameMax = 255;

/** The entries of an archive, by themselves. Returns the objects that Velero would find. */
export function checkArchive(entries: readonly Entry[], require: Require): Item[] {
  const [first, ...rest] = entries;
  const said = first ? `${first.path} ${first.body.toString('latin1', 0, 16)}` : 'nothing';
  require(said === 'metadata/version 1.1.0\n', 'archive-version-first', said);
  const paths = new Set<string>();
  const items: Item[] = [];
  for (const entry of entries) {
    const { path } = entry;
    require(!paths.has(path), 'archive-path-once', path);
    paths.add(path);
    require(entry.type === 'file', 'archive-entry-type', `${entry.type} ${path}`);
    require(entry.mode === 0o755, 'archive-entry-mode', `${entry.mode.toString(8)} ${path}`);
    require(entry.owner === '0 0', 'archive-entry-owner', `${entry.owner} ${path}`);
    const parts = path.split('/');
    const safe =
      !path.startsWith('/') && !parts.includes('..') && !path.includes('\\') && !path.includes('\0');
    require(safe, 'archive-path-safe', path);
    const longest = Math.max(...parts.map((part) => Buffer.byteLength(part)));
    require(longest <= nameMax, 'archive-name-length', `${longest} bytes`);
  }
  for (const entry of rest) {
    const item = itemAt(entry, require);
    if (item) items.push(item);
  }
  checkCopies(items, require);
  return items;
}

function itemAt({ path, body }: Entry, require: Require): Item | undefined {
  const [, groupResource, version, clusterName, namespace, nameInNamespace] = itemPath.exec(path) ?? [];
  const name = clusterName ?? nameInNamespace;
  const shaped = groupResource !== undefined && resource.test(groupResource) && name !== undefined;
  if (!require(shaped, 'archive-path-shape', path)) return undefined;
  let object: unknown;
  try {
    object = JSON.parse(body.toString('utf8'));
  } catch {
    object = undefined;
  }
  const apiVersion = at(object, 'apiVersion');
  const valid = typeof apiVersion === 'string' && typeof at(object, 'kind') === 'string';
  if (!require(isFields(object) && valid, 'item-json', path)) return undefined;
  const group = apiVersion && String(apiVersion).includes('/') ? String(apiVersion).split('/')[0] : '';
  const named =
    at(object, 'metadata', 'name') === name &&
    at(object, 'metadata', 'namespace') === namespace &&
    groupResource!.split('.').slice(1).join('.') === group;
  require(named, 'item-path', path);
  const directory = version?.replace(/-preferredversion$/, '');
  // Velero stores a definition as v1beta1 that v1 cannot express, under the version that it was served in.
  const remapped = groupResource === 'customresourcedefinitions.apiextensions.k8s.io';
  const inItsVersion = directory === undefined || String(apiVersion).split('/').at(-1) === directory;
  require(inItsVersion || remapped, 'item-version', path);
  return {
    groupResource: groupResource!,
    namespace,
    name: name!,
    version,
    path,
    bytes: body,
    object: object as Fields,
  };
}

function checkCopies(items: readonly Item[], require: Require): void {
  const place = ({ groupResource, namespace, name }: Item) => [groupResource, namespace, name].join('/');
  const preferred = new Map<string, Item>();
  for (const item of items)
    if (item.version?.endsWith('-preferredversion')) {
      require(!preferred.has(place(item)), 'archive-copies', `two preferred: ${item.path}`);
      preferred.set(place(item), item);
    }
  const classic = new Map(items.filter(({ version }) => !version).map((item) => [place(item), item]));
  for (const [key, item] of classic) {
    const other = preferred.get(key);
    if (require(other !== undefined, 'archive-copies', `only ${item.path}`))
      require(other!.bytes.equals(item.bytes), 'archive-copies-alike', item.path);
  }
  for (const [key, item] of preferred) require(classic.has(key), 'archive-copies', `only ${item.path}`);
}
