import type { ApiResource, Discovery } from './api-resource';

/**
 * The resources that a person means by `deployments`, `deployment`, `Deployment`, `deploy` or `deployments.apps`, in
 * the order of discovery; several when groups share a name, none when nothing is called so. After the name, a group or
 * its beginning (`ingresses.networking`), as the RESTMapper of client-go takes it. An exact plural beats a singular or
 * kind, and those beat a short name.
 */
export function resolveResource(discovery: Pick<Discovery, 'resources'>, text: string): ApiResource[] {
  const whole = matches(discovery.resources, text);
  if (whole.length > 0) return whole;
  const dot = text.indexOf('.');
  if (dot < 1) return [];
  const group = text.slice(dot + 1).toLowerCase();
  const named = (fits: (of: string) => boolean) =>
    matches(
      discovery.resources.filter((resource) => fits(resource.group)),
      text.slice(0, dot),
    );
  const exact = named((of) => of === group);
  if (exact.length > 0) return exact;
  return group === '' ? [] : named((of) => of.startsWith(group));
}

function matches(resources: ApiResource[], text: string): ApiResource[] {
  const name = text.toLowerCase();
  const ways: ((resource: ApiResource) => boolean)[] = [
    (each) => each.resource === name,
    (each) => each.singular === name || each.kind.toLowerCase() === name,
    (each) => each.shortNames.includes(name),
  ];
  for (const way of ways) {
    const found = resources.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}
