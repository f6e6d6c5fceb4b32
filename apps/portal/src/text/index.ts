import { ApiError, type Locale, useLocale } from '@app/ui';
import { en, type PortalText } from './en';
import { es } from './es';

export type { PortalText } from './en';

const TEXTS: Record<Locale, PortalText> = { en, es };

export function usePortalText(): PortalText {
  return TEXTS[useLocale()];
}

/** What a person is told of an error: what they can do, in their language. */
export function errorWords(error: unknown, text: PortalText): string {
  if (!(error instanceof ApiError)) return text.wentWrong;
  switch (error.code) {
    case 'TOO_MANY':
      return text.tooMany(error.retryAfterSeconds);
    case 'UNREACHABLE':
      return text.unreachable;
    case 'AUDIT_BACKLOG':
    case 'AUDIT_UNAVAILABLE':
      return text.away;
    case 'VIDEO_UNAVAILABLE':
      return text.videoAway;
    case 'INPUT_TOO_LARGE':
      return text.tooLarge;
    case 'NOTICE_CHANGED':
      return text.noticeChanged;
    default:
      return text.wentWrong;
  }
}
