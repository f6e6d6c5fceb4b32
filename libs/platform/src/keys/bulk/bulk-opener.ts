import { AppError, instantAt } from '@app/kernel';
import type { ReadReceipt } from '../../auditing/recording/receipt';
import type { Database } from '../../database/database';
import type { KeyOwner, Keys } from '../keys';
import type { ThreadData } from './protocol';
import { Threads } from './threads';

/** As many as the smallest machine that we name has cores. More of them would wait for PostgreSQL. */
const THREADS = 2;

/** Sealed values of some owners, packed as `packedSql` does it. */
export interface SealedPage {
  readonly owners: readonly KeyOwner[];
  readonly packed: Buffer;
}

/** What was found in a page. No plaintext leaves the threads. */
export interface LookedThrough {
  readonly found: readonly { readonly owner: KeyOwner; readonly n: number; readonly at: Date }[];
  readonly looked: number;
  /** Owners whose keys are gone. */
  readonly erased: readonly KeyOwner[];
  readonly unreadable: number;
}

/** Opens many values beside the program, in threads, to look through them. */
export class BulkOpener {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /**
   * Looks through pages of sealed values, in their order, while the next ones are fetched: a few pages are in memory at a time.
   * Stop reading, and it stops.
   *
   * @param receipt - says that the reading of every owner of every page is on record.
   * @param looking - `content`: what is opened; `matcherFile` and `input`: the path of a pure module that exports `matcher`, and
   * what that is given.
   * @throws AppError `ACCESS_DENIED` if the receipt was not given for an owner: nothing of that page is opened.
   */
  async *look(
    receipt: ReadReceipt,
    pages: AsyncIterable<SealedPage>,
    looking: Omit<ThreadData, 'tenant'>,
  ): AsyncGenerator<LookedThrough> {
    const threads = new Threads(THREADS, { ...looking, tenant: receipt.tenantId });
    const underWay: Promise<LookedThrough>[] = [];
    try {
      for await (const page of pages) {
        const looked = this.lookAt(threads, receipt, page);
        looked.catch(() => undefined); // heard below, or nobody reads on
        underWay.push(looked);
        if (underWay.length > threads.count) yield await next(underWay);
      }
      while (underWay.length > 0) yield await next(underWay);
    } finally {
      await threads.stop();
    }
  }

  private async lookAt(threads: Threads, receipt: ReadReceipt, page: SealedPage): Promise<LookedThrough> {
    if (!page.owners.every((owner) => receipt.covers(receipt.tenantId, owner)))
      throw new AppError('ACCESS_DENIED', 'This reading was not recorded, so it does not happen.');
    const held = await this.database.transaction(receipt.tenantId, (tx) =>
      this.keys.dataKeysOf(tx, receipt, page.owners),
    );
    const { found, looked, unreadable } = await threads.ask({
      packed: ownBytes(page.packed),
      owners: page.owners,
      keys: page.owners.map((owner) => (held.get(owner) ?? []).map(({ id, secret }) => ({ id, secret }))),
    });
    return {
      found: found.map(([owner, n, atMs]) => ({ owner: page.owners[owner] ?? '', n, at: instantAt(atMs) })),
      looked,
      erased: page.owners.filter((owner) => (held.get(owner) ?? []).length === 0),
      unreadable,
    };
  }
}

function next(underWay: Promise<LookedThrough>[]): Promise<LookedThrough> {
  const first = underWay.shift();
  if (first === undefined) throw new RangeError('nothing is under way');
  return first;
}

/** A transfer takes the whole buffer away, so it must be nobody else's. */
function ownBytes(bytes: Buffer): Uint8Array {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? bytes : Uint8Array.prototype.slice.call(bytes);
}
