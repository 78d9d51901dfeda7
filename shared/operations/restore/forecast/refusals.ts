import { objectName } from '../../../formats/manifests/object-name';
import type { ObjectOutcome } from '../report/outcome';
import type { Problems } from './problems';
import type { ProblemKind } from '../plan/problem';
import { refusalHint } from './refusal-hints';

interface Sign {
  kind: ProblemKind;
  sign: RegExp;
  /** Of the match; without it the reason itself. */
  message?(match: RegExpExecArray): string;
  hint: string;
}

const signs: Sign[] = [
  {
    kind: 'missing-crd',
    sign: /the cluster does not serve ([^:]+)/,
    message: ([, kind]) => `the cluster does not serve ${kind}`,
    hint: 'install what defines it, or restore its CustomResourceDefinition too',
  },
  {
    kind: 'webhook-without-backend',
    sign: /failed calling (?:admission )?webhook "([^"]+)"/,
    message: ([, name]) => `webhook ${name} does not answer`,
    hint: 'bring its backend up first, or delete its configuration until it is',
  },
  {
    kind: 'quota-too-small',
    sign: /exceeded quota: ([^,]+)/,
    message: ([, name]) => `quota ${name} is too small`,
    hint: 'raise it, or restore less',
  },
  {
    kind: 'node-port-taken',
    sign: /(\d+): provided port is already allocated/,
    message: ([, port]) => `node port ${port} is taken`,
    hint: 'free it, or let the cluster choose: take nodePort out with a resource modifier',
  },
  {
    kind: 'immutable-field',
    sign: /could not be updated: .*(immutable|may not (?:be )?change|updates to \S+ (?:spec|are)|cannot (?:be )?change|is forbidden)/,
    message: () => 'a field that cannot be changed is in the way of an update',
    hint: 'use the policy replace for these, or leave them as they are',
  },
  {
    kind: 'namespace-terminating',
    sign: /namespace (\S+) is still being deleted/,
    message: ([, name]) =>
      `namespace ${name} is being deleted; the restore would wait for it for ten minutes`,
    hint: 'wait until it is gone, or see what holds it',
  },
  {
    kind: 'snapshot-not-named',
    sign: /it came back without its data: this installation did not take snapshot/,
    message: () => 'this installation did not take the snapshots that the backup names',
    hint: 'look at driver, size and date of each, and name those that you know with --snapshot-handle; or all of them with `restore create --plan PLAN --all-snapshot-handles`',
  },
  {
    kind: 'volume-without-data',
    sign: /it came back without its data: (the cluster has no CSI driver [^:;]+|the cluster serves no volume snapshots)/,
    message: ([, reason]) => `claims would come back without their data: ${reason}`,
    hint: 'install what is missing, or allow it with --allow-empty-volumes',
  },
  {
    kind: 'volume-without-data',
    sign: /it came back without its data: ([^;]+)/,
    message: () => 'claims would come back without their data',
    hint: 'allow it with --allow-empty-volumes, or bring the data back another way',
  },
];

const emptyAllowed = 'nothing to do: --allow-empty-volumes allows it';

/**
 * Files an object that was refused, or would come back without its data, under what is the matter.
 *
 * @param allowEmptyVolumes the request allows claims without their data, so the remedy is not to allow it
 */
export function fileRefusal(problems: Problems, outcome: ObjectOutcome, allowEmptyVolumes: boolean): void {
  const { outcome: word, reason = '' } = outcome;
  for (const { kind, sign, message, hint } of signs) {
    const match = sign.exec(reason);
    if (!match || word === 'skipped' || word === 'same') continue;
    const remedy = kind === 'volume-without-data' && allowEmptyVolumes ? emptyAllowed : hint;
    problems.add(kind, message?.(match) ?? reason, remedy, [objectName(outcome)]);
    return;
  }
  if (word === 'failed') problems.add('refused', reason, refusalHint(reason), [objectName(outcome)]);
}
