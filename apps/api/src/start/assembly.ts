import type { Clock } from '@app/kernel';
import type { Config } from '@app/platform';
import type { Outbox } from '../demo/outbox';

/** What the program is put together from. */
export interface Assembly {
  readonly config: Config;
  readonly urls: { readonly app: string; readonly sequencer: string };
  readonly smtpUrl: string;
  readonly places: Places;
  readonly outbox?: Outbox | undefined;
  readonly clock?: Clock;
}

export interface Places {
  readonly access: string;
  readonly governance: string;
  readonly portal: string;
  readonly console: string;
  readonly verifier: string;
}
