import type { Random } from '../../../shared/platform/clock';
import type { ServedResource } from '../kinds/served-resource';
import type { StatusCause } from '../http/status-error';
import * as refuse from '../http/status-error';

/** Letters that Kubernetes puts behind a generateName: no vowels, nothing easily confused. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelMessage =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a new object's name. */
export function checkName(resource: ServedResource, name: string): StatusCause[] {
  if (!name) return [refuse.requiredValue('metadata.name', 'name or generateName is required')];
  if (resource.group === 'rbac.authorization.k8s.io') {
    return /[/%]|^\.\.?$/.test(name)
      ? [refuse.invalidValue('metadata.name', name, "may not contain '/'")]
      : [];
  }
  if (resource.storage === 'namespaces' || resource.storage === 'services') {
    return label.test(name) && name.length <= 63
      ? []
      : [refuse.invalidValue('metadata.name', name, labelMessage)];
  }
  return subdomain.test(name) && name.length <= 253
    ? []
    : [refuse.invalidValue('metadata.name', name, subdomainMessage)];
}

/** As Kubernetes makes the end of a generated name. */
export function randomSuffix(random: Random, length: number): string {
  return Array.from(
    { length },
    () => suffixLetters[Math.floor(random.fraction() * suffixLetters.length)],
  ).join('');
}
