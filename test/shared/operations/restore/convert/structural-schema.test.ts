import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { Cluster } from '../../../../../shared/platform/kubernetes/port';
import { structuralSchema } from '../../../../../shared/operations/restore/convert/structural-schema';
import { describeWithRealCluster } from '../../../../harness/describe-with-real-cluster';
import { connectTo } from '../restore-rig';

/** Schemas that v1beta1 took, an object that they accept, and whether the server still refuses `wrong`. */
const schemas: [title: string, schema: string, good: object, wrong?: object][] = [
  ['nothing at all', '{}', { spec: { a: { b: 1 } }, any: [1] }],
  [
    'levels without types',
    '{properties: {spec: {properties: {size: {type: integer}, list: {items: {properties: {a: {type: string}}}}, free: {}}}}}',
    { spec: { size: 1, more: { deep: true }, list: [{ a: 'x', b: 2 }], free: [{ c: 'd' }] } },
    { spec: { size: 'big' } },
  ],
  [
    'types without content',
    '{type: object, properties: {spec: {type: object}, list: {type: array}, map: {additionalProperties: {type: string}}}}',
    { spec: { a: { b: 1 } }, list: [{ a: 1 }, 'b'], map: { a: 'b' } },
    { map: { a: 1 } },
  ],
  [
    'numbers or strings',
    '{properties: {spec: {properties: {port: {anyOf: [{type: integer}, {type: string}]}}}}}',
    { spec: { port: 80 } },
    { spec: { port: true } },
  ],
  [
    'conditions with types of their own',
    '{properties: {spec: {anyOf: [{required: [a], properties: {a: {type: string, description: x}}}, {required: [b], properties: {b: {type: integer, minimum: 3}}}], not: {properties: {c: {enum: [never]}}, required: [c]}}}}',
    { spec: { a: 'x', z: { y: 1 } } },
    { spec: { z: 1 } },
  ],
  [
    'the fields of the server',
    '{properties: {apiVersion: {}, kind: {description: x}, metadata: {properties: {labels: {type: object}}}, status: {properties: {ready: {type: boolean}}}}}',
    { status: { ready: true, more: 1 } },
    { status: { ready: 'yes' } },
  ],
];

describeWithRealCluster('a schema of apiextensions.k8s.io/v1beta1 for v1', (cluster) => {
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());

  test.each(schemas.map((one, index) => [one[0], index] as const))(
    '%s: is accepted, keeps unknown fields, refuses what it refused',
    async (_title, index) => {
      const [, schema, good, wrong] = schemas[index]!;
      const kind = `Kind${index}`;
      const plural = `${kind.toLowerCase()}s`;
      const versions = [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: structuralSchema(load(schema)) },
        },
      ];
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.example.com` },
        spec: { group: 'example.com', scope: 'Cluster', names: { plural, kind }, versions },
      };
      const post = (path: string, object: object) =>
        target.request({
          method: 'POST',
          path,
          body: JSON.stringify(object),
          contentType: 'application/json',
        });
      const made = await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
      expect(made.body.toString('utf8')).toContain('"uid"');
      await cluster().kubectl('wait', '--for=condition=Established', 'crd', definition.metadata.name);

      const create = async (name: string, content: object) => {
        const object = { apiVersion: 'example.com/v1', kind, metadata: { name }, ...content };
        const path = `/apis/example.com/v1/${plural}`;
        let answer = await post(path, object);
        for (let tries = 0; answer.status === 404 && tries < 50; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          answer = await post(path, object);
        }
        return answer;
      };
      expect(JSON.parse((await create('good', good)).body.toString('utf8'))).toMatchObject(good);
      if (wrong) expect((await create('wrong', wrong)).status).toBe(422);
    },
  );
});
