import { describe, expect, it } from '@jest/globals';
import {
  canonicalAddress,
  canonicalRange,
} from '../../../../../shared/operations/restore/convert/ip-address';
import { timeZoneToField } from '../../../../../shared/operations/restore/transform/cron-time-zone';
import { seccompToFields } from '../../../../../shared/operations/restore/transform/seccomp';

describe('what newer API servers refuse or ignore', () => {
  it.each([
    ['10.0.0.5/8', '10.0.0.0/8'],
    ['010.0.0.0/8', '10.0.0.0/8'],
    ['10.0.0.0/08', '10.0.0.0/8'],
    ['192.168.130.7/17', '192.168.128.0/17'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.1.2.3/32', '10.1.2.3/32'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['10.0.0.0/33', '10.0.0.0/33'],
    ['no range', 'no range'],
  ])('is of range %p the range %p', (text, canonical) => {
    expect(canonicalRange(text)).toBe(canonical);
  });

  it.each([
    ['010.001.2.3', '10.1.2.3'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::', '::'],
    ['1.2.3', '1.2.3'],
    ['1.2.3.256', '1.2.3.256'],
    ['web.example.com', 'web.example.com'],
  ])('is of address %p the address %p', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  it.each([
    ['CRON_TZ=Europe/Berlin 0 3 * * *', { schedule: '0 3 * * *', timeZone: 'Europe/Berlin' }],
    ['TZ=UTC  @daily', { schedule: '@daily', timeZone: 'UTC' }],
    ['CRON_TZ=Local 0 3 * * *', { schedule: '0 3 * * *' }],
    ['0 3 * * *', { schedule: '0 3 * * *' }],
  ])('is of schedule %p a field', (schedule, spec) => {
    const cronJob = { metadata: { name: 'a' }, spec: { schedule } };
    timeZoneToField(cronJob);
    expect(cronJob.spec).toEqual(spec);
  });

  it('is the seccomp annotation of a template and of a container, but not over a field', () => {
    const annotations = {
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
      'container.seccomp.security.alpha.kubernetes.io/a': 'localhost/p.json',
      'container.seccomp.security.alpha.kubernetes.io/b': 'unconfined',
      'container.seccomp.security.alpha.kubernetes.io/c': 'unknown',
      other: 'x',
    };
    const field = { seccompProfile: { type: 'RuntimeDefault' } };
    const template = {
      metadata: { annotations },
      spec: {
        containers: [{ name: 'a' }, { name: 'c' }],
        initContainers: [{ name: 'b', securityContext: field }],
      },
    };
    const cronJob = {
      metadata: { name: 'a' },
      spec: { jobTemplate: { spec: { template: structuredClone(template) } } },
    };
    seccompToFields('cronjobs.batch', cronJob);
    const converted = cronJob.spec.jobTemplate.spec.template;

    expect(converted.spec).toEqual({
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'a',
          securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } },
        },
        { name: 'c' },
      ],
      initContainers: [{ name: 'b', securityContext: field }],
    });
    expect(converted.metadata.annotations).toEqual({
      'container.seccomp.security.alpha.kubernetes.io/c': 'unknown',
      other: 'x',
    });
  });
});
