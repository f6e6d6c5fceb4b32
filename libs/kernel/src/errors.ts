/** Every code that a caller may see; `docs/PROTOCOL.md` says what each means. */
export type ErrorCode =
  | 'ACCESS_DENIED'
  | 'ALREADY_CLAIMED'
  | 'ASSURANCE_TOO_LOW'
  | 'AUDIT_BACKLOG'
  | 'AUDIT_UNAVAILABLE'
  | 'DISCLOSURE_REFUSED'
  | 'ERASED'
  | 'HELD'
  | 'INPUT_MALFORMED'
  | 'INPUT_TOO_LARGE'
  | 'INTAKE_CLOSED'
  | 'KEY_REFUSED'
  | 'NOTICE_CHANGED'
  | 'NOT_FOUND'
  | 'NOT_WITNESSED'
  | 'ORIGIN_REFUSED'
  | 'SEAL_BROKEN'
  | 'SIGNED_OUT'
  | 'SIGN_IN_FAILED'
  | 'STEP_NOT_ALLOWED'
  | 'TOO_MANY'
  | 'UNEXPECTED'
  | 'VIDEO_UNAVAILABLE';

/** What a code carries besides its message: facts that a page shows, never a value of a record. */
export type ErrorExtra = Readonly<Record<string, unknown>>;

/**
 * An error that a caller can act on. Anything else that is thrown is a bug and reaches the caller as a bare
 * `UNEXPECTED`.
 *
 * `message` may be shown to the person and says what they can do; never put message text, names, keys or identity
 * data in it. Those go in `cause`, which is logged redacted and never sent.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly extra: ErrorExtra;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; extra?: ErrorExtra } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.extra = options.extra ?? {};
  }
}
