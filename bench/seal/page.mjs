// @ts-check
// What a receipt costs: a page of 200 messages read with one for each page, and with one that was given before.

/** @typedef {import('../../libs/platform/src/database/database').Tx} Tx */

const MESSAGES = 200;

/**
 * @param {import('../search/house.mjs').House} house @param {number} rounds
 * @returns {Promise<{ withReceipt: number[], without: number[], receipt: number[] }>} milliseconds of each round
 */
export async function page({ database, keys, recorder, tenantId, newId, principal }, rounds) {
  const intakeId = newId();
  /** @type {{ item: string, sealed: Buffer }[]} */
  const rows = [];
  await database.transaction(tenantId, async (/** @type {Tx} */ tx) => {
    for (let i = 0; i < MESSAGES; i += 1) {
      const item = newId();
      const sealed = await keys.seal(tx, intakeId, { item, content: 'message' }, 'x'.repeat(500));
      rows.push({ item, sealed });
    }
    // Where a page is read from: any table will do, and this one is there.
    for (const [i, { sealed }] of rows.entries())
      await tx.query(
        'INSERT INTO audit_opening (tenant_id, entry_id, field, sealed) VALUES ($1, $2, $3, $4)',
        [tenantId, intakeId, `m${i}`, sealed],
      );
  });
  const act = {
    act: 'transcript.read',
    actor: { kind: 'staff', id: principal.staffId },
    detail: { messages: MESSAGES },
  };
  const receiptNow = () => recorder.recordRead(tenantId, act, [intakeId]);
  const read = (/** @type {unknown} */ receipt) =>
    database.transaction(tenantId, async (/** @type {Tx} */ tx) => {
      const found = await tx.query(
        'SELECT sealed FROM audit_opening WHERE tenant_id = $1 AND entry_id = $2',
        [tenantId, intakeId],
      );
      if (found.length !== MESSAGES) throw new Error(`${found.length} of ${MESSAGES} messages`);
      for (const { item, sealed } of rows)
        await keys.open(tx, receipt, intakeId, { item, content: 'message' }, sealed);
    });
  const given = await receiptNow();
  /** @type {{ withReceipt: number[], without: number[], receipt: number[] }} */
  const took = { withReceipt: [], without: [], receipt: [] };
  for (let round = -5; round < rounds; round += 1) {
    const start = performance.now();
    const receipt = await receiptNow();
    const between = performance.now();
    await read(receipt);
    const end = performance.now();
    await read(given);
    const last = performance.now();
    if (round < 0) continue;
    took.withReceipt.push(end - start);
    took.receipt.push(between - start);
    took.without.push(last - end);
  }
  return took;
}
