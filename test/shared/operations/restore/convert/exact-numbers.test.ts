import { expect, test } from '@jest/globals';
import { pathTo } from '../../../../../shared/operations/restore/convert/table';
import { parseDocument, serializeDocument } from '../../../../../shared/operations/restore/document/document';

test('a number that JavaScript cannot hold is in every version of a definition as it was written', () => {
  const kind = 'CustomResourceDefinition';
  const text = `{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"${kind}","metadata":{"name":"a"},"spec":{"versions":[{"name":"v1"},{"name":"v2"}],"validation":{"openAPIV3Schema":{"maximum":9007199254740993,"minimum":1.0}}}}`;
  const definition = parseDocument(Buffer.from(text), 'a');
  const to = 'apiextensions.k8s.io/v1';
  for (const step of pathTo(kind, definition.apiVersion!, (one) => one.to === to)!)
    step.convert?.(definition);
  const schemas = serializeDocument(definition).match(/"schema":\{"openAPIV3Schema":\{[^}]*\}\}/g);
  const schema = '"schema":{"openAPIV3Schema":{"maximum":9007199254740993,"minimum":1.0}}';
  expect(schemas).toEqual([schema, schema]);
});
