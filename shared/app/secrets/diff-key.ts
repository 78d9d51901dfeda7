import { createHmac, randomBytes } from 'node:crypto';
import type { Installation } from '../installation';

/**
 * The key under which this installation hides the values of Secrets in plans and diffs. Whoever can unseal kubeconfigs has it;
 * where there is no sealing key, it is another one each time, and only what is shown at once can be compared.
 */
export function diffKey({ id, settings }: Pick<Installation, 'id' | 'settings'>): Buffer {
  if (!settings.sealKey) return randomBytes(32);
  return createHmac('sha256', Buffer.from(settings.sealKey, 'base64')).update(`diff\0${id}`).digest();
}
