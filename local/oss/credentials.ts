/** A key pair that the server accepts; with a security token, only together with it (as STS hands them out). */
export interface OssCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}
