import type { RamPolicy } from './policy/policy';

/** A key pair that the server accepts; with a security token, only together with it (as STS hands them out). */
export interface OssCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  /** What it may do: the policies of its RAM user or role. Without them it is the account's own and may do all. */
  policies?: readonly RamPolicy[];
}
