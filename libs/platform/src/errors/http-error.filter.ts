import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { HTTP_STATUS } from './status';
import { toWire } from './wire-error';

/** Tells the page the code and the safe sentence; tells the log the rest. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { error, ours } = toWire(thrown);
    if (ours) this.logger.error(describe(thrown));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { retryAfterS, ...body } = error;
    if (typeof retryAfterS === 'number') response.setHeader('Retry-After', String(retryAfterS));
    response.status(HTTP_STATUS[error.code]).json({ error: body });
  }
}

/** A fault for the log: names and places, never values. Messages of database errors can quote rows, so they stay out. */
export function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'something that is not an Error was thrown';
  const frames = (thrown.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join('\n');
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` ${thrown.code}` : '';
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${describe(thrown.cause)}`;
  return `${thrown.name}${code}\n${frames}${cause}`;
}
