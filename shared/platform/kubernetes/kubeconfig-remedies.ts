const inline =
  'only inline data is accepted: kubectl config view --raw --flatten --minify prints files as inline data';
const program =
  'programs are never run for credentials. Make an account with a token through your own kubectl: `lifeboat cluster add NAME --kubeconfig FILE --through-kubectl --scope read-only`; by hand it is `lifeboat cluster rbac --scope read-only | kubectl apply -f -`, then a kubeconfig with the token of the Secret lifeboat/lifeboat-token';
const tokenInFile =
  'only inline data is accepted, and --flatten leaves this field as it is: put the token itself there with `kubectl config set-credentials USER --token="$(cat FILE)"`';

/** What to do about a field of a kubeconfig that is not accepted. */
const remedies: Record<string, string> = {
  exec: program,
  'auth-provider': program,
  tokenFile: tokenInFile,
  'token-file': tokenInFile,
  'certificate-authority': inline,
  'client-certificate': inline,
  'client-key': inline,
  'proxy-url': 'proxies are not used: give an address of the API server that can be reached directly',
  'insecure-skip-tls-verify':
    "give certificate-authority-data, so that the API server's certificate is verified",
  username: 'basic authentication is gone from Kubernetes since 1.19: use a token or a client certificate',
  password: 'basic authentication is gone from Kubernetes since 1.19: use a token or a client certificate',
  as: 'impersonation is not used: give the credentials of the user itself',
  'as-uid': 'impersonation is not used: give the credentials of the user itself',
  'as-groups': 'impersonation is not used: give the credentials of the user itself',
  'as-user-extra': 'impersonation is not used: give the credentials of the user itself',
};

export function remedyOfField(field: string): string {
  return Object.hasOwn(remedies, field)
    ? remedies[field]!
    : 'remove the field: only a server with its certificate authority and inline credentials are accepted';
}

/** What to do about a file that is no kubeconfig. */
export const wholeFile =
  'give the whole file, as `kubectl config view --raw --flatten --minify` prints it for one context';

/** What to do about a field that is accepted, and holds something else than it may. */
export function remedyOfValue(field: string): string {
  if (field === 'server') return 'write the address of the API server as https://host:port';
  if (field === 'token') return 'give the token alone, in one line';
  if (field.endsWith('-data')) return `give it as PEM in base64: ${wholeFile}`;
  return wholeFile;
}
