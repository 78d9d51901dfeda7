import type { Clock, Random } from '../clock';
import { type Log, silentLog } from '../log/log';
import { OssConnection, type StoreTimeouts, defaultTimeouts } from './oss-connection';
import { createObject } from './oss-create';
import { CredentialsSource, type OssCredentials } from './oss-credentials';
import { deleteObjects } from './oss-delete';
import { getObject } from './oss-get';
import { headObject } from './oss-head';
import { listObjects, listUploads, listVersions } from './oss-list';
import { normalisePrefix, type OssLocation, resolveLocation } from './oss-location';
import { OssPlace } from './oss-place';
import { putObject } from './oss-put';
import { readObject } from './oss-read';
import { OssUpload, startUpload } from './oss-upload';
import type { CreateOptions, GetOptions, ListOptions, ObjectStore, PutOptions, ReadOptions } from './port';
import { type RetryPolicy, storeRetryPolicy } from './retry';

export type { OssCredentials } from './oss-credentials';
export type { OssLocation } from './oss-location';

export interface OssAccess {
  /** Asked at the first call, every five minutes, and again when OSS says that a token has expired. */
  credentials: () => Promise<OssCredentials>;
  /** Told of credentials that OSS refused. */
  refused?: (credentials: OssCredentials) => void;
  /** Lets the endpoint be this machine, also by plain HTTP: the local system and tests. */
  allowInsecureLoopback?: boolean;
}

export interface OssDependencies {
  clock: Clock;
  random: Random;
  log?: Log;
  retry?: RetryPolicy;
  timeouts?: Partial<StoreTimeouts>;
}

/**
 * The ObjectStore over ali-oss: V4 signatures, HTTPS, retries of our own. Connects at the first call.
 * Throws LifeboatError `invalid` for a location that cannot be.
 */
export function openOssStore(location: OssLocation, access: OssAccess, deps: OssDependencies): ObjectStore {
  return storeAt(openPlace(location, access, deps));
}

/** What the calls work on that are no ObjectStore's. */
export function openPlace(location: OssLocation, access: OssAccess, deps: OssDependencies): OssPlace {
  const address = resolveLocation(location, access);
  const log = deps.log ?? silentLog;
  const connection = new OssConnection(
    address,
    new CredentialsSource(access.credentials, deps.clock, log, access.refused),
    deps.clock,
    deps.random,
    deps.retry ?? storeRetryPolicy,
    { ...defaultTimeouts, ...deps.timeouts },
    log,
  );
  return new OssPlace(connection, address.bucket, address.prefix);
}

function storeAt(place: OssPlace): ObjectStore {
  return {
    name: `oss://${place.bucket}/${place.prefix}`,
    bucket: place.bucket,
    prefix: place.prefix,
    head: (key: string) => headObject(place, key),
    get: (key: string, options?: GetOptions) => getObject(place, key, options),
    read: (key: string, options: ReadOptions = {}) => readObject(place, key, options),
    put: (key: string, body: Buffer, options?: PutOptions) => putObject(place, key, body, options),
    create: (key: string, body: Buffer, options?: CreateOptions) => createObject(place, key, body, options),
    list: (prefix: string, options?: ListOptions) => listObjects(place, prefix, options),
    versions: (key: string) => listVersions(place, key),
    delete: (keys: readonly string[]) => deleteObjects(place, keys),
    startUpload: (key: string, options?: PutOptions) => startUpload(place, key, options),
    resumeUpload: (key: string, id: string) => new OssUpload(place, key, id),
    uploads: (prefix: string) => listUploads(place, prefix),
    at: (prefix: string) =>
      storeAt(new OssPlace(place.connection, place.bucket, place.prefix + normalisePrefix(prefix))),
  };
}
