/** What we use of @alicloud/fc2 2.6.6, which ships no declarations. */
declare module '@alicloud/fc2' {
  namespace Client {
    interface Options {
      accessKeyID: string;
      accessKeySecret: string;
      /** Required when the key's id starts with `STS`. */
      securityToken?: string;
      region: string;
      /** Plain HTTP unless set. */
      secure?: boolean;
      internal?: boolean;
      /** Instead of the region's own. */
      endpoint?: string;
      /** Milliseconds; 60,000 unless set. */
      timeout?: number;
      headers?: Record<string, string>;
    }
    interface Answer {
      headers: Record<string, string | undefined>;
      /** Parsed when the answer says that it is JSON. */
      data: unknown;
    }
  }

  class Client {
    constructor(accountId: string, options: Client.Options);
    /** First part of every path; `2016-08-15` unless set. */
    version: string;
    endpoint: string;
    securityToken?: string;
    /** Rejects above 299 with an Error that has `code`, and the status in its message alone. */
    post(
      path: string,
      body: Buffer | string | object | null,
      headers?: Record<string, string>,
      query?: Record<string, string>,
      options?: { rawBuf?: boolean },
    ): Promise<Client.Answer>;
    get(
      path: string,
      query?: Record<string, string>,
      headers?: Record<string, string>,
    ): Promise<Client.Answer>;
    static getSignature(
      accessKeyId: string,
      accessKeySecret: string,
      method: string,
      path: string,
      headers: Record<string, string | number>,
      query?: Record<string, string> | null,
    ): string;
  }

  export = Client;
}
