import type { ConsoleTexts } from './texts';

/** What `ApiError` and a consult's errors have in common. */
interface Failure {
  code: string;
  retryAfterSeconds?: number | undefined;
  /** It was done and is on record: what is missing is the signature. */
  isDone?: boolean;
}

/** Returns what a person is told about a refusal, and what they can do. Codes without words of their own are our fault. */
export function failureWords(error: unknown, texts: ConsoleTexts): string {
  const { failure } = texts;
  const { code, retryAfterSeconds, isDone } = asFailure(error);
  if (code === 'TOO_MANY') return failure.TOO_MANY(waitWords(retryAfterSeconds ?? 60, texts));
  if (code === 'UNREACHABLE') return failure.NETWORK;
  if (code === 'AUDIT_BACKLOG' && isDone === true) return failure.NOT_SIGNED_YET;
  const words: Record<string, unknown> = failure;
  const sentence = words[code];
  return typeof sentence === 'string' ? sentence : failure.UNEXPECTED;
}

/** Returns "45 seconds" or "2 minutes", rounded up: nobody should come back too early. */
export function waitWords(seconds: number, texts: ConsoleTexts): string {
  if (seconds < 60) return texts.signIn.seconds(Math.max(1, Math.ceil(seconds)));
  return texts.signIn.minutes(Math.ceil(seconds / 60));
}

function asFailure(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    const wait = 'retryAfterSeconds' in error ? error.retryAfterSeconds : undefined;
    const extra =
      'extra' in error && typeof error.extra === 'object' && error.extra !== null ? error.extra : {};
    const retryAfterSeconds = typeof wait === 'number' ? wait : undefined;
    return { code: error.code, retryAfterSeconds, isDone: 'entry' in extra };
  }
  return { code: 'UNEXPECTED' };
}
