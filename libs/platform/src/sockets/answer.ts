import { Logger } from '@nestjs/common';
import { describe } from '../errors/http-error.filter';
import { toWire, type WireError } from '../errors/wire-error';

/** What an acknowledgement holds. */
export type Answer<T extends object> =
  (T & { readonly ok: true }) | { readonly ok: false; readonly error: WireError };

const logger = new Logger('socket');

/** Runs what an event asks for and returns the acknowledgement: an error is an answer too, and the socket stays open. */
export async function answer<T extends object>(act: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ...(await act()), ok: true };
  } catch (thrown) {
    const { error, ours } = toWire(thrown);
    if (ours) logger.error(describe(thrown));
    return { ok: false, error };
  }
}
