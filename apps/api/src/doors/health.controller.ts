import { ConsultService } from '@app/consult';
import { Database, Open } from '@app/platform';
import { Controller, Get } from '@nestjs/common';

/** For whoever watches the program. */
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly consults: ConsultService,
  ) {}

  /** The process answers. */
  @Get('healthz')
  @Open('health.read')
  health() {
    return { status: 'ok' };
  }

  /** The database answers too. Video may still be preparing: chat does not wait for it. */
  @Get('readyz')
  @Open('health.read')
  async ready() {
    await this.database.directory('SELECT 1', []);
    return { status: 'ok', video: this.consults.status() };
  }
}
