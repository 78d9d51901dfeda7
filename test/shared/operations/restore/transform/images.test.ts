import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { mapImage, mapImages } from '../../../../../shared/operations/restore/transform/images';

const digest = `sha256:${'a'.repeat(64)}`;

describe('mapImage', () => {
  it.each([
    ['registry.old/team/web:1', 'new.example.com/team/web:1'],
    [`registry.old/team/web:1@${digest}`, `new.example.com/team/web:1@${digest}`],
    ['registry.old/base/os:2', 'new.example.com/foundation/os:2'],
    ['registry.older/web:1', undefined],
    ['nginx:1.27', 'hub.example.com/library/nginx:1.27'],
    ['bitnami/redis', 'hub.example.com/bitnami/redis'],
    ['docker.io/library/nginx', 'hub.example.com/library/nginx'],
    ['localhost/web', undefined],
    ['registry.old:5000/web', 'port.example.com/web'],
  ])('makes of %s %s', (image, mapped) => {
    const mapping = {
      'registry.old': 'new.example.com',
      'registry.old/base': 'new.example.com/foundation',
      'registry.old:5000': 'port.example.com',
      'docker.io': 'hub.example.com',
    };
    expect(mapImage(image, mapping)).toBe(mapped);
  });
});

describe('mapImages', () => {
  it('finds the images of every container of a CronJob, and volumes that are images', () => {
    const job = {
      metadata: { name: 'x' },
      spec: {
        jobTemplate: {
          spec: {
            template: {
              spec: {
                initContainers: [{ image: 'a/init' }],
                containers: [{ image: 'a/main' }],
                volumes: [{ name: 'v', image: { reference: 'a/data' } }],
              },
            },
          },
        },
      },
    } as unknown as KubeObject;
    mapImages('cronjobs.batch', job, { a: 'b' });
    expect(JSON.stringify(job).match(/"b\/(init|main|data)"/g)).toHaveLength(3);
  });
});
