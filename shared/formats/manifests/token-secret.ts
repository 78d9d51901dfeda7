/** A Secret of this type asks for the token of a service account, which its annotations name. */
export const tokenSecretType = 'kubernetes.io/service-account-token';
export const tokenAccountAnnotation = 'kubernetes.io/service-account.name';
/** Given by the controller that fills it. */
export const tokenAccountUidAnnotation = 'kubernetes.io/service-account.uid';
