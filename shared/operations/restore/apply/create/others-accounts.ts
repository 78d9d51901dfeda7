import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../../formats/vault/archive-types';
import type { Attempt } from '../refused/attempt';
import { type NamedAccount, namedAccounts } from '../../transform/named-accounts';
import { isMadeBy } from '../../replica/marks';
import type { RefusedItems } from '../refused/refused-items';
import type { ReplicaWork } from '../../replica/replica-work';
import type { Report } from '../../report/report';
import type { TargetCalls } from '../../target/target-calls';

/** What the accounts that objects name are looked for with. */
export interface OthersAccountsWork {
  calls: TargetCalls;
  report: Report;
  refused: RefusedItems;
  replicaWork?: ReplicaWork;
  /** Of a backup that nobody signed: whether the rule has made an account that its objects name, by `namespace/name`. */
  accountsOfRule: Map<string, boolean>;
}

const accounts = { group: '', version: 'v1', resource: 'serviceaccounts', namespaced: true };
const unsigned = 'nobody signed the backup';
/** They name accounts in what they hold, and run nothing. */
const usesNone: ReadonlySet<string> = new Set(['serviceaccounts', 'configmaps', 'secrets']);

/**
 * Keeps an object of a backup that nobody signed from the rights of accounts that others made: it may name the account
 * `default` of its namespace, and accounts that the rule has made. Returns what becomes of an object that names another:
 * left out with a warning, or tried again after its account; undefined where nothing is in the way. One read for each such
 * account.
 * @param object as it would be sent
 */
export async function withOthersAccount(
  work: OthersAccountsWork,
  item: ItemRef,
  object: KubeObject,
): Promise<Attempt | undefined> {
  if (work.replicaWork?.replica.unsignedResources === undefined || usesNone.has(item.groupResource)) {
    return undefined;
  }
  for (const account of namedAccounts(object)) {
    const found = await faultOf(work, item, object, account);
    if (found === undefined) continue;
    const { namespace = object.metadata.namespace } = account;
    const reason = `it names ServiceAccount ${namespace}/${account.name}, which ${found.fault}, and ${unsigned}`;
    if (found.mayCome) {
      return { refusal: { reason, cause: 'service account', cure: 'restore', meetsAll: false } };
    }
    const { namespace: place, name } = object.metadata;
    work.report.warn(`${item.groupResource} ${place}/${name} is not restored: ${reason}`, place);
    return { outcome: 'skipped', reason };
  }
  return undefined;
}

async function faultOf(
  work: OthersAccountsWork,
  { namespace: source }: ItemRef,
  { metadata }: KubeObject,
  { name, namespace = metadata.namespace }: NamedAccount,
): Promise<{ fault: string; mayCome?: true } | undefined> {
  const { replicaWork, accountsOfRule, calls, refused } = work;
  if (namespace !== metadata.namespace) return { fault: 'is in another namespace' };
  if (name === 'default') return undefined;
  const place = { groupResource: 'serviceaccounts', namespace, name };
  const key = `${namespace}/${name}`;
  const known = accountsOfRule.get(key);
  if (known === true) return undefined;
  if (known === false) return { fault: 'the rule has not made' };
  const { object, status } = await calls.read(objectPath(accounts, namespace, name));
  if (object) {
    const isOurs = isMadeBy(replicaWork!.replica, place, object.metadata, source);
    accountsOfRule.set(key, isOurs);
    return isOurs ? undefined : { fault: 'the rule has not made' };
  }
  if (status) return { fault: `could not be read: ${status.message}` };
  if (refused.has({ ...place, namespace: source })) return { fault: 'is not there yet', mayCome: true };
  return { fault: 'is not there' };
}
