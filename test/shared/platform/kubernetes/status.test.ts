import { describe, expect, it } from '@jest/globals';
import { expectSuccess, statusOf } from '../../../../shared/platform/kubernetes/status';
import { failure } from './loopback-api';

const answer = (status: number, body: unknown) => ({
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  ambiguous: false,
});

describe('statusOf', () => {
  it('reads reason, message and causes', () => {
    const causes = [
      {
        reason: 'NamespaceTerminating',
        message: 'namespace a is being terminated',
        field: 'metadata.namespace',
      },
    ];
    expect(statusOf(answer(403, failure(403, 'Forbidden', 'no', { details: { causes } })))).toEqual({
      code: 403,
      reason: 'Forbidden',
      message: 'no',
      causes,
    });
  });

  it('gives the token of an expired list', () => {
    expect(
      statusOf(answer(410, failure(410, 'Expired', 'old', { metadata: { continue: 'c' } }))).continue,
    ).toBe('c');
  });

  it.each([
    ['', 'HTTP status 502'],
    ['<html>\n  Bad Gateway</html>', 'HTTP status 502 and a page that no API server writes'],
    [
      '<!DOCTYPE html>\n<html><head>\n<title>502\n Bad Gateway </title></head></html>',
      'HTTP status 502 and a page that no API server writes (502 Bad Gateway)',
    ],
    ['no healthy upstream', 'no healthy upstream'],
    ['{"kind":"Pod"}', '{"kind":"Pod"}'],
    ['{"kind":', '{"kind":'],
    ['{"kind":"Status"}', 'HTTP status 502'],
    ['{"kind":"Status","details":null,"metadata":3,"message":["x"]}', 'HTTP status 502'],
  ])('makes the best of %j', (body, message) => {
    expect(statusOf(answer(502, body))).toEqual({ code: 502, reason: '', message, causes: [] });
  });

  it('leaves out the piece of the object that old servers quote', () => {
    const message =
      'Secret in version "v1" cannot be handled as a Secret: v1.Secret.Data: base64Codec: invalid input, error found in #10 byte of ...|"c2VjcmV0LXZhbHVl!"|..., bigger context ...|{"password":"c2VjcmV0LXZhbHVl!"}|...';
    const status = statusOf(answer(400, failure(400, 'BadRequest', message)));
    expect(status.message).toContain('cannot be handled as a Secret');
    expect(status.message).not.toContain('c2VjcmV0');
  });
});

describe('expectSuccess', () => {
  it('throws another error on the 403 of a gateway than on that of RBAC, and says where to look', () => {
    const act = () => expectSuccess(answer(403, '<html>Blocked</html>'), 'listing pods');
    expect(act).toThrow(
      expect.objectContaining({ kind: 'invalid', hint: expect.stringMatching(/gateways/) }),
    );
  });

  it.each([200, 201, 202])('gives back a %d', (status) => {
    expect(expectSuccess(answer(status, '{}'), 'x').status).toBe(status);
  });

  it.each([
    [400, 'invalid'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'not-found'],
    [409, 'conflict'],
    [410, 'unavailable'],
    [413, 'invalid'],
    [422, 'invalid'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'unavailable'],
  ])('throws on %d as %s', (code, kind) => {
    const act = () => expectSuccess(answer(code, failure(code, 'Reason', 'the message')), 'creating pod "a"');
    expect(act).toThrow(expect.objectContaining({ kind, message: 'creating pod "a": the message' }));
  });
});
