import { environmentCredentials } from '../fc/credentials';
import { deployedFunctions, type FindDeployed } from '../fc/deployed-functions';
import type { Installation } from '../installation';

/**
 * Looks at the functions of an installation with the credentials of a person. Undefined on one machine, where functions are
 * no deployment, and without an account to ask.
 */
export function deployedOf(
  { settings }: Installation,
  environment: NodeJS.ProcessEnv = process.env,
): FindDeployed | undefined {
  const { accountId, region, local, fcEndpoint } = settings;
  if (local || accountId === undefined) return undefined;
  const credentials = async () => environmentCredentials(environment);
  return deployedFunctions({ accountId, region, credentials, endpoint: fcEndpoint });
}
