import manifests from './shop.yaml';

/** The demo's application, as YAML. */
export const shopManifests: string = manifests;
