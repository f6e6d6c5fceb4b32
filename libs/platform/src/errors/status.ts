import type { ErrorCode } from '@app/kernel';

/** The one place where a code meets HTTP. A new code does not compile until it has a line here. */
export const HTTP_STATUS = {
  ACCESS_DENIED: 403,
  ALREADY_CLAIMED: 409,
  ASSURANCE_TOO_LOW: 403,
  AUDIT_BACKLOG: 503,
  AUDIT_UNAVAILABLE: 503,
  DISCLOSURE_REFUSED: 422,
  ERASED: 410,
  HELD: 409,
  INPUT_MALFORMED: 400,
  INPUT_TOO_LARGE: 413,
  INTAKE_CLOSED: 409,
  KEY_REFUSED: 422,
  NOTICE_CHANGED: 409,
  NOT_FOUND: 404,
  NOT_WITNESSED: 503,
  ORIGIN_REFUSED: 403,
  SEAL_BROKEN: 500,
  SIGNED_OUT: 401,
  SIGN_IN_FAILED: 401,
  STEP_NOT_ALLOWED: 409,
  TOO_MANY: 429,
  UNEXPECTED: 500,
  VIDEO_UNAVAILABLE: 503,
} as const satisfies Record<ErrorCode, number>;
