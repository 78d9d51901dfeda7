import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** A service account that an object names; without a namespace it is that of the object. */
export interface NamedAccount {
  name: string;
  namespace?: string;
}

/** Pods and their templates; custom resources call the field alike: `serviceAccountRef`, `podServiceAccountNames`. */
const field = /serviceaccount(name|ref)?s?$/i;
const accountName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** The service accounts that an object has its pods run as, or uses in another way, each once; at any depth. */
export function namedAccounts({
  metadata: _metadata,
  status: _status,
  ...content
}: KubeObject): NamedAccount[] {
  const found = new Map<string, NamedAccount>();
  const note = (name: unknown, namespace?: unknown) => {
    if (typeof name !== 'string' || !accountName.test(name)) return;
    const account = { name, ...(typeof namespace === 'string' && namespace !== '' && { namespace }) };
    found.set(`${account.namespace ?? ''}/${name}`, account);
  };
  const noteAll = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) noteAll(one);
    else if (isMap(value)) note(value.name, value.namespace);
    else note(value);
  };
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    if (!isMap(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      if (field.test(name)) noteAll(inner);
      look(inner);
    }
  };
  look(content);
  return [...found.values()];
}
