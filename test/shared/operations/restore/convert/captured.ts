import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { parseDocument, serializeDocument } from '../../../../../shared/operations/restore/document/document';

const folder = resolve(__dirname, '../../../../fixtures/conversions');

/** One object as one server, or Kubernetes' own functions, give it in several versions. */
export interface Captured {
  /** `<version it was written in> <kind> <name>` */
  name: string;
  /** group/version → the object in it. */
  versions: Record<string, unknown>;
}

/** Where the pairs come from: API servers by version, and the conversion functions of Kubernetes' Go modules. */
export const origins = ['v1.20.2', 'v1.24.17', 'go-v1.31.14'];

/** The objects that were given to a server or to the functions. */
export function sources(origin: string): KubeObject[] {
  return loadAll(readFileSync(join(folder, origin, 'sources.yaml'), 'utf8')) as KubeObject[];
}

export function capturedFile(origin: string): string {
  return join(folder, origin, 'captured.json');
}

export function captured(origin: string): Captured[] {
  return existsSync(capturedFile(origin)) ? JSON.parse(readFileSync(capturedFile(origin), 'utf8')) : [];
}

export interface CapturedPair {
  title: string;
  kind: string;
  from: string;
  to: string;
  before: KubeObject;
  after: unknown;
}

/** Every ordered pair of versions of what was captured. */
export function capturedPairs(): CapturedPair[] {
  return origins.flatMap((origin) =>
    captured(origin).flatMap(({ name, versions }) =>
      Object.keys(versions).flatMap((from) =>
        Object.keys(versions)
          .filter((to) => to !== from)
          .map((to) => {
            const before = parseDocument(Buffer.from(JSON.stringify(versions[from])), name);
            const title = `${origin}: ${name}, ${from} → ${to}`;
            return { title, kind: before.kind!, from, to, before, after: versions[to] };
          }),
      ),
    ),
  );
}

/** Plain JSON, whatever stands for odd numbers. */
export function plain(object: unknown): unknown {
  return JSON.parse(serializeDocument(object));
}
