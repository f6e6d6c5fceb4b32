/** What waits for its turn, and who waits for it. */
interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** Statements on their way at once. One is committed while the next is filled. */
const LANES = 2;
const MAX_BATCH = 64;

/**
 * Takes together what waits: while statements are on their way, what arrives is kept and goes with the next. Nothing
 * waits when nothing is on its way, so a quiet house gains and loses nothing; a busy one makes fewer, larger commits.
 */
export class AppendQueue<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private underWay = 0;

  /** @param run - does a batch, all of it or none, and returns an answer for each in their order. */
  constructor(private readonly run: (batch: readonly In[]) => Promise<readonly Out[]>) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    while (this.underWay < LANES && this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_BATCH);
      this.waiting = this.waiting.slice(MAX_BATCH);
      this.underWay++;
      void this.doTogether(batch).finally(() => {
        this.underWay--;
        this.next();
      });
    }
  }

  /** What fails together is tried one by one: nobody's message fails for another's sake. */
  private async doTogether(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, i) => {
        const answer = answers[i];
        if (answer === undefined) reject(new Error('a batch has lost an answer'));
        else resolve(answer);
      });
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await this.doTogether([one]);
    }
  }
}
