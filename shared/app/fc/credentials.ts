import { LifeboatError } from '../../platform/errors';
import type { FcContext } from './context';

/** An access key, or an STS token with its key. */
export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

/** The STS token of the function's role: per request, valid for longer than any function lives. */
export function contextCredentials(context: FcContext): Credentials {
  const { accessKeyId, accessKeySecret, securityToken } = context.credentials;
  if (accessKeyId && accessKeySecret) return { accessKeyId, accessKeySecret, securityToken };
  throw new LifeboatError('denied', `function ${context.function.name} has no credentials`, {
    hint: 'give the function a role (s.yaml: role)',
  });
}

/** The names that Alibaba Cloud's own tools read. */
export function environmentCredentials(environment: NodeJS.ProcessEnv): Credentials {
  const accessKeyId = environment.ALIBABA_CLOUD_ACCESS_KEY_ID;
  const accessKeySecret = environment.ALIBABA_CLOUD_ACCESS_KEY_SECRET;
  const securityToken = environment.ALIBABA_CLOUD_SECURITY_TOKEN || undefined;
  if (accessKeyId && accessKeySecret) return { accessKeyId, accessKeySecret, securityToken };
  throw new LifeboatError('denied', 'there are no credentials for Alibaba Cloud', {
    hint: 'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  });
}
