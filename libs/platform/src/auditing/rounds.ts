/** Does something again and again, a while after the last time has ended, until it is stopped. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = true;

  /** @param onFault - hears why a round failed; the next one comes all the same. */
  constructor(
    private readonly everyMs: number,
    private readonly round: () => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.plan();
  }

  /** Ends after the round that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      this.running = this.round()
        .catch(this.onFault)
        .finally(() => {
          if (!this.stopped) this.plan();
        });
    }, this.everyMs).unref();
  }
}
