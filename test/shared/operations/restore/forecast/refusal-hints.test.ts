import { describe, expect, it } from '@jest/globals';
import { refusalHint } from '../../../../../shared/operations/restore/forecast/refusal-hints';

/** The words of API servers from v1.20 to v1.37, as they answer to a create. */
const said: [string, string, RegExp][] = [
  ['the policy fail', 'it exists and differs: data.a', /another policy than fail/],
  [
    'a webhook',
    'admission webhook "rules.example.com" denied the request: no',
    /webhook rules\.example\.com/,
  ],
  [
    'a policy',
    `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'b' denied request: no`,
    /policy no-latest.*binding/,
  ],
  [
    'Pod Security',
    'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    /level below restricted/,
  ],
  ['a quota', 'pods "a" is forbidden: exceeded quota: small, requested: pods=1', /raise quota small/],
  [
    'a quota that wants limits',
    'pods "a" is forbidden: failed quota: small: must specify limits.cpu for: c',
    /quota small wants requests and limits/,
  ],
  [
    'a LimitRange',
    'pods "a" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    /LimitRange/,
  ],
  [
    'RBAC',
    'secrets is forbidden: User "x" cannot create resource "secrets" in API group "" in the namespace "a"',
    /user create secrets: `lifeboat cluster rbac`/,
  ],
  [
    'a role that grants more than one has',
    'roles.rbac.authorization.k8s.io "r" is forbidden: user "x" (groups=["y"]) is attempting to grant RBAC permissions not currently held:',
    /escalate and bind/,
  ],
  [
    'validation',
    'Service "a" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535',
    /value that is named/,
  ],
  ['what nobody knows', 'it is Monday', /leave these objects out/],
];

describe('the hint for a refusal', () => {
  it.each(said)('says what to do about %s', (_, reason, hint) => {
    expect(refusalHint(reason)).toMatch(hint);
  });
});
