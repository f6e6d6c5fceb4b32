export interface Marks {
  delivered?: number;
  read?: number;
}

/** A burst of messages makes one receipt. */
const GATHER_MS = 400;

/** Sends watermarks, gathered, and again after a connection was lost. They only rise. */
export class ReceiptSender {
  private want = { delivered: 0, read: 0 };
  private told = { delivered: 0, read: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (marks: Marks) => Promise<unknown>) {}

  delivered(seq: number): void {
    this.raise({ delivered: seq });
  }

  /** What was read was delivered. */
  read(seq: number): void {
    this.raise({ delivered: seq, read: seq });
  }

  resend(): void {
    if (this.owed() && this.timer === undefined) this.timer = setTimeout(() => void this.flush(), GATHER_MS);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private raise(marks: Marks): void {
    this.want = {
      delivered: Math.max(this.want.delivered, marks.delivered ?? 0),
      read: Math.max(this.want.read, marks.read ?? 0),
    };
    this.resend();
  }

  private owed(): boolean {
    return this.want.delivered > this.told.delivered || this.want.read > this.told.read;
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const { delivered, read } = this.want;
    const marks = {
      ...(delivered > this.told.delivered && { delivered }),
      ...(read > this.told.read && { read }),
    };
    try {
      await this.send(marks);
      this.told = { delivered, read };
    } catch {
      // The watermark stays owed; the next connect sends it.
    }
  }
}
