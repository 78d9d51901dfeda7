import { createHash } from 'node:crypto';
import type { RunId } from '../../formats/state/run-keys';

/** On every object that a run makes in a cluster for itself and takes away again. */
export const runLabelKey = 'lifeboat/run';

/**
 * The value of the label, by which a sweep finds what a run left. It is a digest: another installation's run of the same name
 * at the same cluster is another, and a name may be as long as the value of a label.
 */
export function runLabel(installation: string, { kind, name }: RunId): string {
  const digest = createHash('sha256').update([installation, kind, name].join('\0')).digest('hex');
  return `${kind}-${digest.slice(0, 32)}`;
}
