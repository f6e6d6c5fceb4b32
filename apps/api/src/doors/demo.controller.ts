import { Open } from '@app/platform';
import { Controller, Get, Inject } from '@nestjs/common';
import type { Outbox } from '../demo/outbox';

/** Injection token: where a demo's mail lands. */
export const DEMO_OUTBOX = Symbol('DEMO_OUTBOX');

/** The mail that a demo sends, for everybody to see. It does not exist outside a demo. */
@Controller('api/demo')
export class DemoController {
  constructor(@Inject(DEMO_OUTBOX) private readonly outbox: Outbox) {}

  @Get('outbox')
  @Open('demo.read')
  mails() {
    return { mails: this.outbox.mails() };
  }
}
