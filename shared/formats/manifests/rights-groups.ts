/** API groups whose objects give rights. */
export const rightsGroups: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io',
  'authorization.openshift.io',
]);

const resources = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'rolebindingrestrictions'];

/** Every resource of these groups, `roles.rbac.authorization.k8s.io`: what a pattern may match. */
export const rightsResources: readonly string[] = [...rightsGroups].flatMap((group) =>
  resources.map((resource) => `${resource}.${group}`),
);
