import { describe, expect, it } from '@jest/globals';
import { apiDocument } from '../../../shared/api/document';

interface Schema {
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  type?: string;
  anyOf?: Schema[];
}
interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
}
const { paths } = apiDocument() as unknown as {
  paths: Record<string, { post?: Operation; patch?: Operation }>;
};

const specOf = (operation: Operation | undefined) =>
  Object.values(operation?.requestBody?.content ?? {})[0]?.schema.properties?.spec;

const patched = Object.keys(paths).filter((path) => paths[path]?.patch);

describe('a PATCH', () => {
  it('is there for schedules', () => {
    expect(patched).toContain('/schedules/{name}');
  });

  it.each(patched)('of %s takes away by null each field that may be left out and has no default', (path) => {
    const made = specOf(paths[path.slice(0, path.lastIndexOf('/'))]?.post);
    const changed = specOf(paths[path]?.patch);
    const removable = Object.entries(made?.properties ?? {})
      .filter(([name, field]) => !made?.required?.includes(name) && field.default === undefined)
      .map(([name]) => name);
    const nullable = Object.entries(changed?.properties ?? {})
      .filter(([, { anyOf = [] }]) => anyOf.some(({ type }) => type === 'null'))
      .map(([name]) => name);
    expect(nullable).toEqual(expect.arrayContaining(removable));
    expect(removable.length).toBeGreaterThan(0);
  });
});
