import { SECOND } from '@app/kernel';
import { describe, SessionReaders } from '@app/platform';
import {
  type BeforeApplicationShutdown,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Attempts } from './attempts/attempts.service';
import { Roster } from './roster/roster.service';
import { Sessions } from './sessions/sessions.service';
import { PasswordStep } from './sign-in/password.service';
import { SecondFactor } from './sign-in/second-factor.service';
import { RosterController, StaffController } from './staff.controller';

/** A socket of a session whose time is over hears of it within a minute. */
const SWEEP_EVERY_MS = 30 * SECOND;

/** Who works here and where they are signed in. Needs `PlatformModule`. */
@Module({
  controllers: [StaffController, RosterController],
  providers: [Attempts, PasswordStep, SecondFactor, Sessions, Roster],
  exports: [Sessions, Roster],
})
export class StaffModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('staff');
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly attempts: Attempts,
    private readonly readers: SessionReaders,
  ) {}

  onModuleInit(): void {
    this.readers.set('staff', (secret) => this.sessions.read(secret));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // A round that takes longer than the interval is not overtaken by the next.
      this.sweeping ??= this.sweep().finally(() => (this.sweeping = undefined));
    }, SWEEP_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    try {
      await this.sessions.endExpired();
      const failed = await this.attempts.tellCounted();
      if (failed > 0) this.logger.error(`refused sign-ins of ${failed} subjects could not be recorded yet`);
    } catch (error) {
      this.logger.error(`ending what has expired: ${describe(error)}`);
    }
  }
}
