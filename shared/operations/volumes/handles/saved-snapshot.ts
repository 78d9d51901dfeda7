import type { SnapshotOperation } from '../../../formats/state/run/operations';

/** A CSI snapshot that holds the data of a claim, as its backup describes it. All of it is hostile input. */
export interface SavedSnapshot {
  /** Of the claim, in the backup. */
  namespace: string;
  claim: string;
  handle: string;
  driver: string;
  /** Bytes; absent where the driver did not say. */
  size?: number;
  /** RFC 3339; absent where the backup does not say. */
  taken?: string;
  volumeMode?: 'Filesystem' | 'Block';
}

/** More than any driver's; CSI allows 128 bytes, and some exceed it. */
const handleShape = /^[\x21-\x7e]{1,1024}$/;

/** Names of CSI drivers (CSI specification, GetPluginInfo). */
const driverShape = /^[A-Za-z0-9]([-A-Za-z0-9._]{0,61}[A-Za-z0-9])?$/;

/** Whether a value has the form of a snapshot handle: printable ASCII without spaces. */
export function isHandle(value: unknown): value is string {
  return typeof value === 'string' && handleShape.test(value);
}

/** Whether a value has the form of a driver's name. */
export function isDriver(value: unknown): value is string {
  return typeof value === 'string' && driverShape.test(value);
}

/** Where the handles come from that may be restored. */
export interface HandleSources {
  /** By `namespace/claim` of the backup: the handles that a person named. */
  named?: Readonly<Record<string, string>>;
  /** The snapshots that the state has for this very backup. */
  recorded: readonly Pick<SnapshotOperation, 'namespace' | 'claim' | 'handle' | 'driver'>[];
}

/**
 * Why a snapshot must not be restored; undefined where it may be. A handle opens any snapshot that the cluster's driver can see,
 * so a backup's word for it is not enough.
 */
export function handleRefusal(
  { namespace, claim, handle, driver }: SavedSnapshot,
  { named = {}, recorded }: HandleSources,
): string | undefined {
  const place = `${namespace}/${claim}`;
  const given = Object.hasOwn(named, place) ? named[place] : undefined;
  if (given === handle) return undefined;
  if (given !== undefined) return `the request names snapshot ${given}, and the backup has ${handle}`;
  const own = recorded.filter((one) => one.namespace === namespace && one.claim === claim);
  if (own.some((one) => one.handle === handle && one.driver === driver)) return undefined;
  if (own.length > 0) {
    return `snapshot ${handle} of driver ${driver} is not the one that this installation took, which is ${own.map((one) => one.handle).join(', ')}`;
  }
  return `this installation did not take snapshot ${handle}: name it with --snapshot-handle ${place}=${handle}`;
}

/** A snapshot for people: `snap-1 of disk.csi.test, taken 2026-11-22T20:58:27Z, 1073741824 bytes`. */
export function snapshotLine({ handle, driver, size, taken }: SavedSnapshot): string {
  return [
    `snapshot ${handle} of driver ${driver}`,
    ...(taken === undefined ? [] : [`taken ${taken}`]),
    ...(size === undefined ? [] : [`${size} bytes`]),
  ].join(', ');
}
