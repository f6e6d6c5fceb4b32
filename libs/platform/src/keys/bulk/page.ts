/**
 * Many sealed rows in one value, as PostgreSQL packs them: a page costs one row of its protocol instead of thousands.
 * Of each row, in this order: whose it is (place in the page's owners, 4 bytes), its number within its owner (4), its instant
 * (8, microseconds since 2000 began, as PostgreSQL sends it), its id (36, ASCII), the length of the sealed value (4), that value.
 */
const ITEM_BYTES = 36;
const HEAD_BYTES = 4 + 4 + 8 + ITEM_BYTES + 4;
const MS_OF_2000 = 946_684_800_000;

/** Returns the SQL aggregate that packs rows. Each argument is an SQL expression, never a value that came from outside. */
export function packedSql(of: {
  readonly owner: string;
  readonly n: string;
  readonly at: string;
  readonly item: string;
  readonly sealed: string;
}): string {
  return `string_agg(int4send(${of.owner}) || int4send(${of.n}) || timestamptz_send(${of.at}) ||
    convert_to(${of.item}::text, 'UTF8') || int4send(octet_length(${of.sealed})) || ${of.sealed}, ''::bytea)`;
}

/** One row of a page. Its bytes are the page's own. */
export interface PackedRow {
  /** Place in the page's owners, from 0. */
  readonly owner: number;
  readonly n: number;
  readonly atMs: number;
  readonly item: string;
  readonly sealed: Buffer;
}

/** Returns the rows of a page, one after the other. @throws RangeError if it is not a page. */
export function* rowsOf(page: Buffer): Generator<PackedRow> {
  let at = 0;
  while (at < page.length) {
    const start = at + HEAD_BYTES;
    const length = page.readUInt32BE(start - 4);
    if (start + length > page.length) throw new RangeError('a page breaks off within a row');
    yield {
      owner: page.readUInt32BE(at),
      n: page.readInt32BE(at + 4),
      atMs: Math.floor(Number(page.readBigInt64BE(at + 8)) / 1_000) + MS_OF_2000,
      item: page.toString('latin1', at + 16, at + 16 + ITEM_BYTES),
      sealed: page.subarray(start, start + length),
    };
    at = start + length;
  }
}
