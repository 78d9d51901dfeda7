/** Whom a request comes from. */
export interface User {
  username: string;
  groups: string[];
}

/** Nothing is refused to a member of it. */
export const masters = 'system:masters';
export const authenticated = 'system:authenticated';
export const administrator: User = { username: 'admin', groups: [masters, authenticated] };
export const anonymous: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** A service account as a user (apiserver, pkg/authentication/serviceaccount). */
export function accountUser(namespace: string, name: string): User {
  return {
    username: accountUsername(namespace, name),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticated],
  };
}

export function accountUsername(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
