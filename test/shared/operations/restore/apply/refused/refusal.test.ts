import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../../../shared/operations/restore/apply/refused/refusal';

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
      'time',
    ],
    [
      status(500, 'conversion webhook for example.com/v1, Kind=A failed: Post "https://x"'),
      'conversion webhook for example.com/v1',
      'time',
    ],
    [
      status(403, 'unable to create new content in namespace a because it is being terminated', 'Forbidden', [
        'NamespaceTerminating',
      ]),
      'namespace terminating',
      'time',
    ],
    [
      status(
        403,
        'pods "a" is forbidden: error looking up service account shop/default: serviceaccount "default" not found',
        'Forbidden',
      ),
      'service account',
      'time',
    ],
    [
      status(
        403,
        'pods "a" is forbidden: exceeded quota: quota, requested: pods=1, used: pods=20, limited: pods=20',
        'Forbidden',
      ),
      'quota',
      'restore',
    ],
    [
      status(403, 'pods "a" is forbidden: no PriorityClass with name high was found', 'Forbidden'),
      'priority class',
      'restore',
    ],
    [
      status(404, 'the server could not find the requested resource', 'NotFound'),
      expect.stringContaining('not found'),
      'time',
    ],
    [status(409, 'Operation cannot be fulfilled on resourcequotas "quota"', 'Conflict'), 'conflict', 'time'],
    [status(429, 'too many requests'), 'status 429', 'time'],
    [status(404, 'namespaces "shop" not found', 'NotFound'), expect.stringContaining('not found'), 'restore'],
    [status(503, 'apiserver is shutting down'), 'status 503', 'time'],
  ])('tries again after %j', (refused, cause, cure) => {
    expect(refusalOf(refused, 'pods')).toMatchObject({ cause, cure, reason: refused.message });
  });

  it.each([
    [
      status(
        400,
        'admission webhook "a.example.com" denied the request: failed calling webhook "b"',
        'BadRequest',
      ),
      'webhook a.example.com denies',
    ],
    [
      status(
        422,
        `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
        'Invalid',
      ),
      'policy p denies',
    ],
  ])('waits for controllers of the cluster, and for each object alone, after %j', (refused, cause) => {
    expect(refusalOf(refused, 'pods')).toMatchObject({ cause, cure: 'controllers', meetsAll: false });
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
    status(500, 'etcdserver: request is too large'),
  ])('waits for nothing but what the restore makes after %j', (refused) => {
    expect(refusalOf(refused, 'pods').cure).toBe('restore');
  });
});
