import type { Export } from '../protocol';
import type { ConsoleTexts } from '../texts/texts';

/** Returns why an export failed and what to do, in words. What has no words of its own was not foreseen. */
export function failureReason(
  { failure }: Export,
  { exports: texts }: ConsoleTexts,
  number: (n: number) => string,
): string {
  if (failure === undefined) return texts.failed;
  const { reason, entry, message } = failure;
  if (reason === 'log-altered' && entry !== undefined) return texts.failures['log-altered-at'](number(entry));
  const words: Record<string, (value: string) => string> = texts.failures;
  const known = Object.hasOwn(words, reason) ? words[reason] : undefined;
  return (known ?? texts.failures.unexpected)(number(message ?? 0));
}

/** Enough of a long number for people to tell two apart; the whole of it stands in the log. */
export function shortId(id: string): string {
  return id.slice(-12);
}
