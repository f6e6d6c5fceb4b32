import { BundleRefused, NotAnEntry, NotCanonical, NoteRefused } from '@app/audit';
import type { Failure } from '../export/export.store';
import { LogAltered } from './log-pages';

/** No checkpoint covers what it must: the log is not signed any more, or the signer does not keep up. */
export class NotCheckpointed extends Error {
  override readonly name = 'NotCheckpointed';
}

/** What is stored of a conversation is not what the log says was stored. */
export class TranscriptAltered extends Error {
  override readonly name = 'TranscriptAltered';

  /** @param seq - of the first message that is missing, changed, or that the log does not know. */
  constructor(readonly seq: number) {
    super(`message ${seq} is not what the log says`);
  }
}

/** The conversation's key is gone: nothing of it can be read any more. */
export class Erased extends Error {
  override readonly name = 'Erased';
}

/** The export that a redacted variant is made from is not there. */
export class SourceGone extends Error {
  override readonly name = 'SourceGone';
}

/** Returns why an export failed, in codes and numbers. What nobody foresaw is `unexpected`. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof LogAltered)
    return { reason: 'log-altered', ...(cause.index !== undefined && { entry: cause.index }) };
  if (cause instanceof TranscriptAltered) return { reason: 'transcript-altered', message: cause.seq };
  if (
    cause instanceof BundleRefused ||
    cause instanceof NoteRefused ||
    cause instanceof NotAnEntry ||
    cause instanceof NotCanonical
  )
    return { reason: 'log-altered' };
  if (cause instanceof NotCheckpointed) return { reason: 'not-checkpointed' };
  if (cause instanceof Erased) return { reason: 'erased' };
  if (cause instanceof SourceGone) return { reason: 'source-gone' };
  if (cause instanceof RangeError) return { reason: 'too-large' };
  return { reason: 'unexpected' };
}
