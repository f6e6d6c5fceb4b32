// @ts-check
// Five things that somebody may do who owns the database, or the whole machine, and what notices each.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { audit, keyLineOf } from '../audit/product.mjs';
import { startWitness } from '../audit/attacks/witness.mjs';
import { openStage } from './stage.mjs';

/** @typedef {{ ms: number, says: string } | undefined} Noticed */
/** @typedef {{ name: string, does: string, play: (say: (line: string) => void) => Promise<Noticed> }} Drill */

/** @param {(stage: import('./stage.mjs').Stage) => Promise<Noticed>} play @returns {Promise<Noticed>} */
async function on(play, env = {}) {
  const stage = await openStage({ env });
  try {
    return await play(stage);
  } finally {
    await stage.close();
  }
}

const CHANGED =
  'convert_to(replace(convert_from(entry, \'UTF8\'), \'"outcome":"ok"\', \'"outcome":"no"\'), \'UTF8\')';

/** @type {Drill[]} */
export const DRILLS = [
  {
    name: 'edit',
    does: 'change one entry of the log in the database, and leave its hash as it was',
    play: (say) =>
      on(async ({ house }) => {
        await house.chat(['Good morning', 'I have a question']);
        await house.settle();
        const tenant = await house.tenant();
        say('UPDATE audit_entry SET entry = … WHERE idx = 2');
        return house.noticed(() =>
          house.sql(`UPDATE audit_entry SET entry = ${CHANGED} WHERE tenant_id = $1 AND idx = 2`, [tenant]),
        );
      }),
  },
  {
    name: 'truncate',
    does: 'cut the last entries off, with their checkpoints, and make the tree anew over the rest',
    play: (say) =>
      on(async ({ house }) => {
        await house.chat(['Good morning', 'I have a question', 'and another one']);
        await house.settle();
        const tenant = await house.tenant();
        const rows = await house.sql('SELECT leaf_hash FROM audit_entry WHERE tenant_id = $1 ORDER BY idx', [
          tenant,
        ]);
        const tree = audit().CompactRange.empty();
        for (const { leaf_hash } of rows.slice(0, -2)) tree.append(leaf_hash);
        say(`DELETE FROM audit_entry WHERE idx >= ${tree.size}, and the same for checkpoints and head`);
        return house.noticed(async () => {
          await house.sql('DELETE FROM audit_entry WHERE tenant_id = $1 AND idx >= $2', [tenant, tree.size]);
          await house.sql('DELETE FROM audit_checkpoint WHERE tenant_id = $1 AND size > $2', [
            tenant,
            tree.size,
          ]);
          await house.sql('UPDATE audit_head SET size = $2, compact = $3 WHERE tenant_id = $1', [
            tenant,
            tree.size,
            Buffer.concat(tree.hashes()),
          ]);
        });
      }),
  },
  {
    name: 'restore',
    does: 'put an older copy of the database in the place of the present one',
    play: (say) =>
      on(async ({ house, folder }) => {
        await house.chat(['Good morning']);
        await house.settle();
        await house.stop();
        const older = path.join(folder, 'older');
        execFileSync('cp', ['-a', house.data(), older]);
        await house.start();
        await house.chat(['What is said now is in no older copy']);
        await house.settle();
        await house.stop();
        say('the data folder of PostgreSQL is exchanged for the older copy while the program is stopped');
        execFileSync('rm', ['-rf', house.data()]);
        execFileSync('cp', ['-a', older, house.data()]);
        await house.start();
        return house.noticed(async () => {});
      }),
  },
  {
    name: 'fork',
    does: 'run a copy of everything, keys included, and keep two histories of one log',
    play: (say) =>
      on(async (stage) => {
        const { house } = stage;
        await house.chat(['Good morning']);
        await house.settle();
        const witness = await startWitness(await keyLineOf(house, await house.tenant()));
        await house.stop();
        try {
          const env = { VESTIBULE_WITNESSES: `${witness.url} ${witness.vkey}` };
          const copy = stage.copy('copy'); // as it is now; what comes next is said twice, and differently
          await house.start(env);
          await house.chat(['This is said in the one history']);
          await house.settle();
          await house.cosigned();
          await house.stop();
          say('a copy of database, keys and state is started elsewhere, and goes on in its own way');
          const other = await stage.open(copy, env);
          return await other.noticed(() => other.chat(['This is said in the other', 'and more', 'and more']));
        } finally {
          await witness.stop();
        }
      }),
  },
  {
    name: 'message',
    does: 'put an older ciphertext in the place of a message',
    play: (say) =>
      on(async ({ house }) => {
        const intake = await house.chat(['I took the blue one', 'I took the red one']);
        await house.settle();
        say('UPDATE message SET sealed = (that of the message before)');
        return house.noticed(() =>
          house.sql(
            `UPDATE message m SET sealed = o.sealed FROM message o
             WHERE m.intake_id = $1 AND o.intake_id = $1 AND m.author_kind = 'client' AND o.author_kind = 'client'
               AND m.seq = (SELECT max(seq) FROM message WHERE intake_id = $1 AND author_kind = 'client')
               AND o.seq = (SELECT min(seq) FROM message WHERE intake_id = $1 AND author_kind = 'client')`,
            [intake],
          ),
        );
      }),
  },
];
