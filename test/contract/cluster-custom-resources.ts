import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.contract.example.com' },
  spec: {
    group: 'contract.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', format: 'int64', minimum: 1 },
                  colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  code: { type: 'string', pattern: '^[a-z]+$' },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  list: { type: 'array', maxItems: 2, items: { type: 'string' } },
                  map: { type: 'object', additionalProperties: { type: 'integer' } },
                },
              },
              status: { type: 'object', properties: { handle: { type: 'integer', format: 'int64' } } },
            },
          },
        },
      },
    ],
  },
};

export const customResourceCases: Cases = (client) => {
  describe('custom resources', () => {
    let widgets: string;
    const object = (name: string, spec: object, more: object = {}) => ({
      apiVersion: 'contract.example.com/v1',
      kind: 'Widget',
      metadata: { name },
      spec,
      ...more,
    });
    const established = (name: string) =>
      client().until(`${definitions}/${name}`, ({ json }) =>
        (json.status?.conditions ?? []).some(
          (each: { type: string; status: string }) => each.type === 'Established' && each.status === 'True',
        ),
      );

    beforeAll(async () => {
      const ns = await client().namespace('custom');
      widgets = ns.replace('/api/v1', '/apis/contract.example.com/v1').concat('/widgets');
      await client().post(definitions, definition);
      await established(definition.metadata.name);
      await client().until(widgets, ({ status }) => status === 200);
    }, 60_000);

    it('are served once their definition is established, which says so', async () => {
      const { json } = await established(definition.metadata.name);

      const conditions = json.status.conditions.map(
        (each: { type: string; status: string; reason: string }) => [each.type, each.status, each.reason],
      );
      expect(conditions).toEqual(
        expect.arrayContaining([
          ['NamesAccepted', 'True', 'NoConflicts'],
          ['Established', 'True', 'InitialNamesAccepted'],
        ]),
      );
      expect(json.status.acceptedNames).toEqual({
        plural: 'widgets',
        singular: 'widget',
        kind: 'Widget',
        listKind: 'WidgetList',
        shortNames: ['wd'],
      });
      expect(json.status.storedVersions).toEqual(['v1']);
      expect(json.spec.conversion).toEqual({ strategy: 'None' });
      const resources = await client().until(
        '/apis/contract.example.com/v1',
        (answer) => answer.json?.resources?.length > 0,
      );
      expect(resources.json.resources).toMatchObject([
        { name: 'widgets', singularName: 'widget', namespaced: true, kind: 'Widget', shortNames: ['wd'] },
        { name: 'widgets/status', namespaced: true, kind: 'Widget', verbs: ['get', 'patch', 'update'] },
      ]);
    });

    it('keep integers beyond 2^53 through create, get, list and patch', async () => {
      const text = JSON.stringify(object('large', { size: 0, free: { deep: [0] } }))
        .replace('"size":0', '"size":9007199254740993')
        .replace('[0]', '[-9223372036854775808,1700000000123456789]');
      const created = await client().send('POST', widgets, { text });
      await client().merge(`${widgets}/large`, { metadata: { labels: { touched: 'yes' } } });
      const found = await client().get(`${widgets}/large`);
      const listed = await client().get(widgets);

      expect(created.status).toBe(201);
      for (const each of [created, found, listed]) {
        expect(each.text).toContain('"size":9007199254740993');
        expect(each.text).toContain('[-9223372036854775808,1700000000123456789]');
      }
    });

    it('lose what the schema does not know, keep what it preserves, gain defaults', async () => {
      const { status, json } = await client().post(
        widgets,
        object('pruned', { size: 1, unknown: true, free: { anything: { goes: [1, null] } } }, { junk: 1 }),
      );

      expect(status).toBe(201);
      expect(json.spec).toEqual({ size: 1, colour: 'red', free: { anything: { goes: [1, null] } } });
      expect(json).not.toHaveProperty('junk');
      expect(json.metadata.generation).toBe(1);
    });

    it.each([
      ['a missing field', {}, 'spec.size', 'FieldValueRequired', 'Required value'],
      [
        'a wrong type',
        { size: 'x' },
        'spec.size',
        'FieldValueTypeInvalid',
        'Invalid value: "string": spec.size in body must be of type integer: "string"',
      ],
      [
        'a value outside of an enum',
        { size: 1, colour: 'green' },
        'spec.colour',
        'FieldValueNotSupported',
        'Unsupported value: "green": supported values: "red", "blue"',
      ],
      [
        'a number below the minimum',
        { size: 0 },
        'spec.size',
        'FieldValueInvalid',
        'spec.size in body should be greater than or equal to 1',
      ],
      [
        'a text that does not match',
        { size: 1, code: 'A1' },
        'spec.code',
        'FieldValueInvalid',
        'Invalid value: "A1": spec.code in body should match \'^[a-z]+$\'',
      ],
      [
        'a boolean for int-or-string',
        { size: 1, port: true },
        'spec.port',
        'FieldValueTypeInvalid',
        'Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
      ],
    ])('are refused with 422 for %s', async (_what, spec, field, reason, message) => {
      const answer = await client().post(widgets, object('refused', spec));

      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({
        reason: 'Invalid',
        details: { name: 'refused', group: 'contract.example.com', kind: 'Widget' },
      });
      // Old servers give fewer reasons than new ones, in the same places.
      if (client().since(30)) {
        expect(answer.json.details.causes).toEqual([
          { field, reason, message: expect.stringContaining(message) },
        ]);
      } else expect(answer.json.details.causes[0].field).toBe(field);
    });

    it('keep status apart, with its own path', async () => {
      const created = await client().post(widgets, object('halves', { size: 1 }, { status: { handle: 5 } }));
      const status = await client().put(
        `${widgets}/halves/status`,
        object(
          'halves',
          { size: 9 },
          {
            metadata: { name: 'halves', resourceVersion: created.json.metadata.resourceVersion },
            status: { handle: 6 },
          },
        ),
      );
      const put = await client().put(
        `${widgets}/halves`,
        object(
          'halves',
          { size: 2 },
          {
            metadata: { name: 'halves', resourceVersion: status.json.metadata.resourceVersion },
            status: { handle: 7 },
          },
        ),
      );

      expect(created.json).not.toHaveProperty('status');
      expect(status.json).toMatchObject({ spec: { size: 1 }, status: { handle: 6 } });
      expect(put.json).toMatchObject({ spec: { size: 2 }, status: { handle: 6 } });
      expect([created, status, put].map((each) => each.json.metadata.generation)).toEqual([1, 1, 2]);
    });

    it('want a resourceVersion for a put', async () => {
      await client().post(widgets, object('unversioned', { size: 1 }));
      const answer = await client().put(`${widgets}/unversioned`, object('unversioned', { size: 2 }));

      expect(answer.status).toBe(422);
      expect(answer.json.message).toContain('metadata.resourceVersion: Invalid value');
    });

    it('are listed with their type on each item, keys in alphabetical order', async () => {
      const answer = await client().get(widgets);

      expect(answer.text).toMatch(/^\{"apiVersion":"contract\.example\.com\/v1","items":\[\{"apiVersion":/);
      expect(answer.text).toMatch(
        /\],"kind":"WidgetList","metadata":\{"continue":"","resourceVersion":"\d+"(,"selfLink":"[^"]*")?\}\}\s*$/,
      );
    });

    it('take merge and JSON patches but no strategic ones', async () => {
      await client().post(widgets, object('patched', { size: 1, list: ['a'] }));
      const merged = await client().merge(`${widgets}/patched`, { spec: { list: ['b'] } });
      const strategic = await client().send('PATCH', `${widgets}/patched`, {
        body: { spec: { size: 2 } },
        type: 'application/strategic-merge-patch+json',
      });

      expect(merged.json.spec.list).toEqual(['b']);
      expect(strategic.status).toBe(415);
    });

    it('must name their type', async () => {
      const untyped = await client().post(widgets, { metadata: { name: 'x' }, spec: { size: 1 } });
      const version = await client().post(widgets, {
        ...object('x', { size: 1 }),
        apiVersion: 'contract.example.com/v9',
      });

      expect([untyped.status, version.status]).toEqual([400, 400]);
    });

    it('refuse a definition whose name is not plural.group', async () => {
      const answer = await client().post(definitions, { ...definition, metadata: { name: 'wrong' } });

      expect(answer.status).toBe(422);
      expect(answer.json.details.causes).toEqual(
        expect.arrayContaining([expect.objectContaining({ field: 'metadata.name' })]),
      );
    });

    it('go with their definition', async () => {
      const other = structuredClone(definition);
      other.metadata.name = 'gadgets.other.example.com';
      other.spec.group = 'other.example.com';
      other.spec.names = { plural: 'gadgets', kind: 'Gadget', shortNames: ['gd'] };
      await client().post(definitions, other);
      await established(other.metadata.name);
      const gadgets = '/apis/other.example.com/v1/namespaces/custom/gadgets';
      await client().until(gadgets, ({ status }) => status === 200);
      const gadget = { ...object('g', { size: 1 }), apiVersion: 'other.example.com/v1', kind: 'Gadget' };
      expect((await client().post(gadgets, gadget)).status).toBe(201);

      await client().delete(`${definitions}/${other.metadata.name}`);
      const ended = await client().until(
        `${definitions}/${other.metadata.name}`,
        ({ status }) => status === 404,
        30,
      );
      expect(ended.status).toBe(404);
      expect((await client().until(gadgets, ({ status }) => status === 404, 30)).status).toBe(404);
    }, 90_000);
  });
};
