import manifests from './shop.yaml';

/** The demo's application, as YAML. */
export const shopManifests: string = manifests;

/** Its namespaces. */
export const shopNamespaces = ['shop', 'shop-jobs'] as const;

/** What it needs beside them, as keys of a snapshot. */
export const shopClusterScoped = [
  'customresourcedefinitions.apiextensions.k8s.io coupons.shop.example.com',
  'clusterroles.rbac.authorization.k8s.io shop-coupons',
  'clusterrolebindings.rbac.authorization.k8s.io shop-coupons',
] as const;
