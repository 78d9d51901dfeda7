/** Namespaces, which every API server serves alike: known without asking what it serves. */
export const namespaceResource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  namespaced: false,
};
