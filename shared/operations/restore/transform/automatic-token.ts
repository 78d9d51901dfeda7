/** `<account>-token-<five random characters>`, as Kubernetes before 1.24 makes them. */
export function automaticTokenOf(account: string): RegExp {
  return new RegExp(`^${account.replace(/[.]/g, '\\.')}-token-[a-z0-9]{5}$`);
}
