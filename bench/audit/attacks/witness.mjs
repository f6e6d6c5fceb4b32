// @ts-check
// The witness program, in a process and a folder of its own, and what one house shows to it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../infra/bootstrap/steps/places.mjs';
import { audit } from '../product.mjs';

const PROGRAM = path.join(ROOT, 'audit/cli/witness/witness.mjs');

/** @param {string} vkey  of the log that it follows */
export async function startWitness(vkey) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vestibule-witness-'));
  const config = path.join(folder, 'witness.json');
  writeFileSync(
    config,
    JSON.stringify({ name: 'witness.example/bench', listen: '127.0.0.1:0', state: 'state', logs: [vkey] }),
  );
  const own = execFileSync(process.execPath, [PROGRAM, 'vkey', '--config', config], {
    encoding: 'utf8',
  }).trim();
  const child = spawn(process.execPath, [PROGRAM, '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
      const [, found] = /"listening":"([^"]+)"/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => reject(new Error(`the witness did not start: ${said}`)));
  });
  /** What it has cosigned last, as it tells. */
  let known = 0;

  return {
    url: /** @type {string} */ (url),
    vkey: own,
    /** Offers the last checkpoint of a log with the proof from what it knows. @param {any} log @param {string} tenant @returns {Promise<string>} */
    async show(log, tenant) {
      const [{ size, note }] = await log.sequencerQuery(
        'SELECT size::int, note FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
        [tenant],
      );
      const rows = await log.sequencerQuery(
        'SELECT leaf_hash FROM audit_entry WHERE tenant_id = $1 ORDER BY idx',
        [tenant],
      );
      const leaves = rows.map((/** @type {any} */ row) => row.leaf_hash);
      const { consistencyProof, root } = audit();
      const node = (/** @type {number} */ level, /** @type {number} */ index) =>
        root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
      for (let tries = 0; tries < 2; tries++) {
        const proof = known > 0 ? await consistencyProof(node, known, size) : [];
        const lines = proof.map((/** @type {Buffer} */ hash) => `${hash.toString('base64')}\n`).join('');
        const answer = await fetch(`${url}add-checkpoint`, {
          method: 'POST',
          body: `old ${known}\n${lines}\n${note}`,
        });
        if (answer.status === 200) {
          known = size;
          return 'cosigned';
        }
        const told = Number((await answer.text()).trim());
        if (answer.status !== 409 || told === known || told > size) return `refused (${answer.status})`;
        known = told;
      }
      return 'refused';
    },
    async stop() {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
