import { AppError } from '@app/kernel';

/** Returns the one error for media that is away. */
export function unavailable(cause?: unknown): AppError {
  return new AppError('VIDEO_UNAVAILABLE', 'The video service is away. Try again shortly.', { cause });
}
