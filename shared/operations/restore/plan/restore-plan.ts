import * as v from 'valibot';
import { LifeboatError } from '../../../platform/errors';
import { parse } from '../../../platform/input/parse';
import { restoreRequestSchema } from '../../../formats/manifests/request';
import type { OriginVerdict } from '../../../formats/manifests/origin-verdict';
import type { RestoreRequest } from '../../../formats/manifests/run';
import type { Results } from '../../../formats/manifests/velero';
import { gunzipWithin } from '../../../formats/vault/untrusted/gunzip-within';
import type { Problem } from './problem';
import type { PlanAction, PlannedObject } from './planned-object';

/** What a plan says before its objects. */
export interface PlanHead {
  kind: 'RestorePlan';
  version: 1;
  /** RFC 3339. */
  madeAt: string;
  /** What would be asked for, under another name. */
  request: RestoreRequest;
  /** How the origin of the backup was judged. Absent in plans of earlier releases. */
  origin?: OriginVerdict;
  counts: Partial<Record<PlanAction, number>>;
  problems: Problem[];
  /** What the restore would report. */
  results: Results;
}

/** A plan in memory: its head, and its objects in the order of a restore. */
export interface RestorePlan {
  head: PlanHead;
  objects: readonly PlannedObject[];
}

/** A plan as JSON text, in pieces: one line for each object. */
export function* planText({ head, objects }: RestorePlan): Generator<string> {
  const text = JSON.stringify(head, null, 2);
  yield `${text.slice(0, text.lastIndexOf('\n'))},\n  "objects": [`;
  let first = true;
  for (const object of objects) {
    yield `${first ? '' : ','}\n    ${JSON.stringify(object)}`;
    first = false;
  }
  yield `${first ? '' : '\n  '}]\n}\n`;
}

const headSchema = v.object({
  kind: v.literal('RestorePlan'),
  version: v.literal(1),
  madeAt: v.string(),
  request: restoreRequestSchema,
  objects: v.array(
    v.looseObject({
      action: v.picklist(['create', 'same', 'update', 'recreate', 'skip', 'conflict', 'fail', 'delete']),
      groupResource: v.string(),
      name: v.string(),
    }),
  ),
});

/** More than any text that JavaScript holds. */
const maxFileBytes = 512 << 20;

/** Reads a plan that was written to a file, also gzipped. Throws LifeboatError `invalid` naming what is wrong with it. */
export function readPlan(bytes: Buffer, what: string): { request: RestoreRequest; objects: PlannedObject[] } {
  let value: unknown;
  try {
    const text = (
      bytes[0] === 0x1f ? gunzipWithin(what, bytes, { unpackedBytes: maxFileBytes }) : bytes
    ).toString('utf8');
    value = JSON.parse(text);
  } catch {
    throw new LifeboatError('invalid', `${what} is not a plan`, {
      hint: 'make one with `lifeboat restore plan … --out FILE`',
    });
  }
  const { request, objects } = parse(headSchema, value, what);
  return { request, objects: objects as unknown as PlannedObject[] };
}
