interface Hint {
  sign: RegExp;
  hint: string;
}

/** By the API server's own words, the first that fits. What a webhook or policy adds comes after these words. */
const hints: Hint[] = [
  {
    sign: /^it exists and differs: /,
    hint: 'choose another policy than fail for these (--conflicts-of), or leave them out',
  },
  {
    sign: /admission webhook "([^"]+)" denied the request/,
    hint: 'change the objects with a resource modifier until webhook $1 admits them, or exempt the namespace in its configuration',
  },
  {
    sign: /(?:Validating|Mutating)AdmissionPolicy '([^']+)'/,
    hint: 'change the objects with a resource modifier until policy $1 admits them, or exempt them in its binding',
  },
  {
    sign: /violates PodSecurity "([^":]+)/,
    hint: 'label the namespace with a Pod Security level below $1, or change the pods with a resource modifier',
  },
  {
    sign: /failed quota: ([^:]+): must specify/,
    hint: 'quota $1 wants requests and limits on each container: set them with a resource modifier, or give the namespace a LimitRange with defaults',
  },
  {
    sign: /exceeded quota: ([^,]+)/,
    hint: 'raise quota $1, or restore less',
  },
  {
    sign: /(?:minimum|maximum) \S+ (?:usage|limit)|max limit to request ratio/,
    hint: 'change the LimitRange of the namespace, or the requests and limits with a resource modifier',
  },
  {
    sign: /cannot (\w+) resource "([^"]+)"/,
    hint: "let the kubeconfig's user $1 $2: `lifeboat cluster rbac` prints the roles that it needs",
  },
  {
    sign: /attempting to grant RBAC permissions not currently held|user "[^"]*" .*is attempting to grant/,
    hint: "give the kubeconfig's user the rights that the role grants, or the verbs escalate and bind",
  },
  {
    sign: /no PriorityClass with name (\S+) was found/,
    hint: 'restore PriorityClass $1 too, or create it',
  },
  {
    sign: /strict decoding error|unknown field/,
    hint: 'take the fields that the cluster does not know out with a resource modifier',
  },
  {
    sign: /is invalid: |Invalid value|Required value|Unsupported value|Forbidden: |Duplicate value|Too long/,
    hint: "the cluster's rules for this kind do not admit the value that is named: change it with a resource modifier",
  },
  {
    sign: /request is too large|message larger than max|Request entity too large/i,
    hint: 'the object is larger than the cluster stores: leave it out',
  },
];

/** What a person can do about a refusal that is filed under no other problem. */
export function refusalHint(reason: string): string {
  for (const { sign, hint } of hints) {
    const found = sign.exec(reason);
    if (found) return hint.replace(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? '');
  }
  return 'the API server gives no reason that Lifeboat knows: leave these objects out, or change them with a resource modifier';
}
