import { decide } from '../oss/policy/decide';
import type { HostCredentials, HostPlace } from './hosted-function';

/** Whether the policies of a key let it start a function. */
export function mayInvoke(
  { policies }: HostCredentials,
  functionName: string,
  { accountId, region }: HostPlace,
): boolean {
  const resource = `acs:fc:${region}:${accountId}:functions/${functionName}`;
  return !policies || decide(policies, { action: 'fc:InvokeFunction', resource }) === 'allow';
}
