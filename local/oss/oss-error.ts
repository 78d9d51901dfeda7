import { element, type Markup, xmlDocument } from './xml';

/**
 * Status, EC and message of each code that the server answers with. The form of an EC is OSS's; most values are stand-ins:
 * OSS says that nothing may be built on them.
 */
const catalogue = {
  AccessDenied: [403, '0003-00000001', 'You have no right to access this object.'],
  BucketAlreadyExists: [409, '0015-00000104', 'The requested bucket name is not available.'],
  BucketNotEmpty: [409, '0015-00000301', 'The bucket you tried to delete is not empty.'],
  EntityTooLarge: [400, '0017-00000405', 'Your proposed upload exceeds the maximum allowed size.'],
  EntityTooSmall: [400, '0042-00000110', 'Your proposed upload smaller than the minimum allowed size.'],
  FileAlreadyExists: [
    409,
    '0026-00000021',
    'The object you specified already exists and can not be overwritten.',
  ],
  FileImmutable: [409, '0055-00000011', 'The object you specified is immutable.'],
  InvalidAccessKeyId: [
    403,
    '0002-00000902',
    'The OSS Access Key Id you provided does not exist in our records.',
  ],
  InvalidArgument: [400, '0017-00000213', 'The argument is invalid.'],
  InvalidBucketName: [400, '0015-00000001', 'The specified bucket is not valid.'],
  InvalidDigest: [400, '0017-00000802', 'The Content-MD5 you specified was invalid.'],
  InvalidObjectName: [400, '0017-00000002', 'The specified object is not valid.'],
  InvalidObjectState: [403, '0026-00000011', "The operation is not valid for the object's state"],
  InvalidPart: [400, '0042-00000106', 'One or more of the specified parts could not be found.'],
  InvalidPartOrder: [400, '0042-00000107', 'The list of parts was not in ascending order.'],
  InvalidRange: [416, '0026-00000051', 'The requested range cannot be satisfied.'],
  InvalidSecurityToken: [403, '0002-00000901', 'The security token you provided is invalid.'],
  InvalidWORMConfiguration: [400, '0055-00000001', 'The WORM configuration is invalid.'],
  MalformedXML: [400, '0017-00000902', 'The XML you provided was not well-formed.'],
  MethodNotAllowed: [405, '0026-00000003', 'The specified method is not allowed against this resource.'],
  MissingArgument: [400, '0017-00000201', 'Missing required argument.'],
  MissingContentLength: [411, '0017-00000403', 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, '0015-00000101', 'The specified bucket does not exist.'],
  NoSuchKey: [404, '0026-00000001', 'The specified key does not exist.'],
  NoSuchLifecycle: [404, '0014-00000201', 'No Row found in Lifecycle Table.'],
  NoSuchServerSideEncryptionRule: [
    404,
    '0014-00000301',
    'The server side encryption configuration does not exist.',
  ],
  NoSuchUpload: [404, '0042-00000002', 'The specified upload does not exist.'],
  NoSuchVersion: [404, '0026-00000004', 'The specified version does not exist.'],
  NoSuchWORMConfiguration: [404, '0055-00000002', 'The WORM Configuration does not exist.'],
  NotImplemented: [
    501,
    '0001-00000002',
    'A header you provided implies functionality that is not implemented.',
  ],
  ObjectNotAppendable: [409, '0026-00000031', 'The object is not appendable.'],
  PositionNotEqualToLength: [409, '0026-00000034', 'Position is not equal to file length.'],
  PreconditionFailed: [
    412,
    '0026-00000061',
    'At least one of the pre-conditions you specified did not hold.',
  ],
  RequestTimeTooSkewed: [
    403,
    '0002-00000504',
    'The difference between the request time and the current time is too large.',
  ],
  SecurityTokenExpired: [403, '0002-00000904', 'The security token you provided has expired.'],
  SignatureDoesNotMatch: [
    403,
    '0002-00000001',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  WORMConfigurationLocked: [409, '0055-00000003', 'The WORM Configuration is locked.'],
} as const satisfies Record<string, readonly [number, string, string]>;

export type OssErrorCode = keyof typeof catalogue;

export interface OssErrorDetail {
  message?: string;
  ec?: string;
  status?: number;
  /** Further elements of the body: Key, BucketName, Condition, StringToSign, … */
  elements?: Record<string, string | Record<string, string>>;
  headers?: Record<string, string>;
}

/** An answer of OSS that says no. `code` may be any, for injected faults; the catalogue fills in the rest. */
export class OssError extends Error {
  readonly status: number;
  readonly ec: string;
  readonly elements: Record<string, string | Record<string, string>>;
  readonly headers: Record<string, string>;

  constructor(
    readonly code: OssErrorCode | (string & {}),
    detail: OssErrorDetail = {},
  ) {
    const known = code in catalogue ? catalogue[code as OssErrorCode] : undefined;
    super(detail.message ?? known?.[2] ?? code);
    this.status = detail.status ?? known?.[0] ?? 500;
    this.ec = detail.ec ?? known?.[1] ?? '0000-00000000';
    this.elements = detail.elements ?? {};
    this.headers = detail.headers ?? {};
  }

  toXml(requestId: string, hostId: string): string {
    const further: Markup[] = Object.entries(this.elements).map(([name, value]) =>
      typeof value === 'string'
        ? element(name, value)
        : element(name, ...Object.entries(value).map(([inner, text]) => element(inner, text))),
    );
    return xmlDocument(
      element(
        'Error',
        element('Code', this.code),
        element('Message', this.message),
        element('RequestId', requestId),
        element('HostId', hostId),
        further,
        element('EC', this.ec),
        element('RecommendDoc', `https://api.aliyun.com/troubleshoot?q=${this.ec}`),
      ),
    );
  }
}
