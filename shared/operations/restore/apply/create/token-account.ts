import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { tokenAccountAnnotation, tokenSecretType } from '../../../../formats/manifests/token-secret';
import type { ItemRef } from '../../../../formats/vault/archive-types';
import type { Attempt } from '../refused/attempt';
import type { RefusedItems } from '../refused/refused-items';
import type { Report } from '../../report/report';
import type { TargetCalls } from '../../target/target-calls';

/** What the account of a token is looked for with. */
export interface TokenAccountWork {
  calls: TargetCalls;
  report: Report;
  refused: RefusedItems;
}

const accounts = { group: '', version: 'v1', resource: 'serviceaccounts', namespaced: true };

/**
 * Looks for the account of a token Secret before the Secret is made: Kubernetes deletes one without account at once
 * (pkg/controller/serviceaccount/tokens_controller.go), so that it would only seem to be restored. Undefined where nothing is
 * in the way, else what becomes of the Secret: left out with a warning, or tried again with its account.
 * @param secret as it would be sent
 */
export async function withoutItsAccount(
  work: TokenAccountWork,
  { groupResource, namespace: source }: ItemRef,
  secret: KubeObject,
): Promise<Attempt | undefined> {
  if (groupResource !== 'secrets' || secret.type !== tokenSecretType) return undefined;
  const { name, namespace, annotations } = secret.metadata;
  const account = annotations?.[tokenAccountAnnotation];
  // Each namespace has its default account, if not at the very moment.
  if (!account || account === 'default') return undefined;
  const { object, status } = await work.calls.read(objectPath(accounts, namespace, account));
  if (object || status) return undefined;
  const reason = `its ServiceAccount ${account} is not in namespace ${namespace}, and Kubernetes deletes a token without one`;
  if (work.refused.has({ groupResource: 'serviceaccounts', namespace: source, name: account })) {
    return { refusal: { reason, cause: 'service account', cure: 'restore', meetsAll: false } };
  }
  work.report.warn(
    `secrets ${namespace}/${name} is not restored: ${reason}; restore the ServiceAccount too, or make it first`,
    namespace,
  );
  return { outcome: 'skipped', reason };
}
