/** `shop/web`, or `web` of an object outside of namespaces: where it lies, as messages and Velero's lists say it. */
export function placeName({ namespace, name }: { namespace?: string; name: string }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** `deployments.apps shop/web`: an object, as messages name it. */
export function objectName(of: { groupResource: string; namespace?: string; name: string }): string {
  return `${of.groupResource} ${placeName(of)}`;
}
