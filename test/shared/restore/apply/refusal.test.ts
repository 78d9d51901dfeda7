import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../shared/restore/apply/refusal';

const status = (code: number, message: string, reason = '', causes: string[] = []) => ({
  code,
  message,
  reason,
  causes: causes.map((one) => ({ reason: one, message: '', field: '' })),
});

// The messages are those of kube-apiserver 1.37 and 1.20.
describe('refusalOf', () => {
  it.each([
    [
      status(
        500,
        'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://x": service "x" not found',
      ),
      'webhook a.example.com',
      true,
    ],
    [
      status(500, 'conversion webhook for example.com/v1, Kind=A failed: Post "https://x"'),
      'conversion webhook for example.com/v1,',
      true,
    ],
    [
      status(403, 'unable to create new content in namespace a because it is being terminated', 'Forbidden', [
        'NamespaceTerminating',
      ]),
      'namespace terminating',
      true,
    ],
    [
      status(
        403,
        'pods "a" is forbidden: error looking up service account shop/default: serviceaccount "default" not found',
        'Forbidden',
      ),
      'service account',
      true,
    ],
    [
      status(
        403,
        'pods "a" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=20, limited: pods=20',
        'Forbidden',
      ),
      'quota',
      false,
    ],
    [
      status(403, 'pods "a" is forbidden: no PriorityClass with name high was found', 'Forbidden'),
      'priority class',
      false,
    ],
    [
      status(404, 'the server could not find the requested resource', 'NotFound'),
      expect.stringContaining('not found'),
      true,
    ],
    [status(409, 'Operation cannot be fulfilled on resourcequotas "quota"', 'Conflict'), 'conflict', true],
    [status(429, 'too many requests'), 'status 429', true],
    [status(404, 'namespaces "shop" not found', 'NotFound'), expect.stringContaining('not found'), false],
    [status(503, 'apiserver is shutting down'), 'status 503', true],
  ])('tries again after %j', (refused, cause, passesWithTime) => {
    expect(refusalOf(refused, 'pods')).toMatchObject({ cause, passesWithTime, reason: refused.message });
  });

  it.each([
    status(
      422,
      'Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
      'Invalid',
    ),
    status(403, 'pods is forbidden: User "x" cannot create resource "pods" in API group ""', 'Forbidden'),
    status(
      403,
      'roles "a" is forbidden: user "x" is attempting to grant RBAC permissions not currently held',
      'Forbidden',
    ),
    status(400, 'bad request', 'BadRequest'),
    status(409, 'configmaps "a" already exists', 'AlreadyExists'),
  ])('gives up after %j', (refused) => {
    expect(refusalOf(refused, 'pods')).toBeUndefined();
  });
});
