import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../local/oss/policy/decide';
import { parsePolicy } from '../../../../local/oss/policy/policy';

const object = 'acs:oss:oss-cn-hangzhou:1:team/private/a';
const policy = (...Statement: object[]) => parsePolicy({ Version: '1', Statement });
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 'oss:*',
  Resource: 'acs:oss:*:*:*',
  ...more,
});

describe('a decision', () => {
  it('allows what one statement of one policy allows', () => {
    const policies = [policy(allow({ Action: ['oss:PutObject'] })), policy(allow({ Action: ['oss:Get*'] }))];
    expect(decide(policies, { action: 'oss:GetObject', resource: object })).toBe('allow');
    expect(decide(policies, { action: 'oss:DeleteObject', resource: object })).toBe('implicit-deny');
    expect(decide([], { action: 'oss:GetObject', resource: object })).toBe('implicit-deny');
  });

  it('lets one Deny win over every Allow, in whatever order', () => {
    const deny = policy({ Effect: 'Deny', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:team/private/*' });
    for (const policies of [
      [policy(allow()), deny],
      [deny, policy(allow())],
    ]) {
      expect(decide(policies, { action: 'oss:GetObject', resource: object })).toBe('explicit-deny');
      expect(decide(policies, { action: 'oss:PutObject', resource: object })).toBe('allow');
    }
  });

  it('holds a bucket and its objects apart', () => {
    const bucketOnly = policy(allow({ Resource: 'acs:oss:*:*:team' }));
    expect(decide([bucketOnly], { action: 'oss:ListObjects', resource: 'acs:oss:r:1:team' })).toBe('allow');
    expect(decide([bucketOnly], { action: 'oss:GetObject', resource: object })).toBe('implicit-deny');
  });

  it.each([
    [{ StringLike: { 'oss:Prefix': ['a/*', 'b/*'] } }, { 'oss:Prefix': 'b/c' }, 'allow'],
    [{ StringLike: { 'oss:Prefix': 'a/*' } }, { 'oss:Prefix': '' }, 'implicit-deny'],
    [{ StringLike: { 'oss:Prefix': 'a/*' } }, {}, 'implicit-deny'],
    [{ StringNotLike: { 'oss:Prefix': 'a/*' } }, {}, 'allow'],
    [{ StringNotEquals: { 'oss:Prefix': ['a', 'b'] } }, { 'oss:Prefix': 'b' }, 'implicit-deny'],
    [{ Bool: { 'acs:SecureTransport': true } }, { 'acs:SecureTransport': 'false' }, 'implicit-deny'],
    [{ IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } }, { 'acs:SourceIp': '10.2.3.4' }, 'allow'],
    [{ NotIpAddress: { 'acs:SourceIp': ['10.0.0.0/8'] } }, { 'acs:SourceIp': '10.2.3.4' }, 'implicit-deny'],
    [
      {
        StringEquals: { 'oss:Delimiter': '/' },
        DateLessThan: { 'acs:CurrentTime': '2026-01-01T00:00:00Z' },
      },
      { 'oss:Delimiter': '/', 'acs:CurrentTime': '2026-01-02T00:00:00Z' },
      'implicit-deny',
    ],
  ])('under %j for %j: %s', (Condition, context, expected) => {
    const request = { action: 'oss:ListObjects', resource: 'acs:oss:r:1:team', context };
    expect(decide([policy(allow({ Condition }))], request)).toBe(expected);
  });
});

describe('a policy', () => {
  it.each([
    ['another version', { Version: '2012-10-17', Statement: [allow()] }],
    ['a misspelt element', { Version: '1', Statement: [allow({ Resources: '*' })] }],
    [
      'a principal, which only bucket policies have',
      { Version: '1', Statement: [allow({ Principal: ['*'] })] },
    ],
    ['an effect that is none', { Version: '1', Statement: [allow({ Effect: 'allow' })] }],
    ['an action without its service', { Version: '1', Statement: [allow({ Action: 'GetObject' })] }],
    ['a resource without its service', { Version: '1', Statement: [allow({ Resource: 'team/*' })] }],
    ['an operator that is none', { Version: '1', Statement: [allow({ Condition: { Like: {} } })] }],
    [
      'a condition that the server cannot evaluate',
      { Version: '1', Statement: [allow({ Condition: { StringLike: { 'oss:Prefx': 'a' } } })] },
    ],
    ['no statement', { Version: '1', Statement: [] }],
  ])('with %s is refused', (_, document) => {
    expect(() => parsePolicy(document)).toThrow(/^the RAM policy is not one: /);
  });
});
