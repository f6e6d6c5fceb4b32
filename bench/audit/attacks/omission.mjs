// @ts-check
// An export from which the operator left one entry out: the writer of bundles refuses to, so it is taken out of a bundle that
// was written, and all that counts and hashes what is in it is made good.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../infra/bootstrap/steps/places.mjs';
import { audit, crypto } from '../product.mjs';

const VERIFIER = path.join(ROOT, 'audit/cli/verify.mjs');

/** @param {import('./lab.mjs').Lab} lab @param {number} left  the entry that is left out @returns {Promise<string | undefined>} what the verifier says */
export async function exportOmitting(lab, left) {
  const { generatePgpKey, signDetached } = crypto();
  const now = new Date();
  const pair = await generatePgpKey('a clinic', now);
  // The operator holds the key that bundles are signed with.
  const sign = (/** @type {Buffer} */ manifest) => signDetached(pair.privateKey, manifest, now);
  const whole = await bundleOf(lab, pair.publicKey, sign);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vestibule-omission-'));
  try {
    const sound = verdict(folder, whole);
    if (sound.code !== 0) throw new Error(`a whole bundle does not verify: ${sound.says}`);
    const { code, says } = verdict(folder, await without(filesOf(whole), left, sign));
    return code === 0 ? undefined : `the verifier (exit ${code}): ${says}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {import('./lab.mjs').Lab} lab @param {string} serverKey @param {(manifest: Buffer) => Promise<string>} sign @returns {Promise<Buffer>} */
async function bundleOf(lab, serverKey, sign) {
  const { rangeProof, root, writeBundle } = audit();
  const { rows } = await lab.owner.query(
    'SELECT entry_id, entry, leaf_hash FROM audit_entry WHERE tenant_id = $1 ORDER BY idx',
    [lab.tenant],
  );
  const { rows: notes } = await lab.owner.query(
    'SELECT note FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [lab.tenant],
  );
  const leaves = rows.map(({ leaf_hash }) => leaf_hash);
  const node = (/** @type {number} */ level, /** @type {number} */ index) =>
    root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const last = rows.length - 1;
  const asked = JSON.parse(rows[last].entry.toString('utf8'));
  const dayMs = 24 * 3_600_000;
  /** @type {Buffer[]} */
  const chunks = [];
  await writeBundle(
    {
      exportId: asked.refs?.export ?? 'an-export',
      tenant: lab.tenant,
      scope: {
        kind: 'period',
        from: new Date(Date.now() - dayMs).toISOString(),
        to: new Date(Date.now() + dayMs).toISOString(),
      },
      range: { from: 0, to: rows.length },
      withheld: [],
      entries: () => rows.map(({ entry }) => entry),
      leaves: Buffer.concat(leaves),
      proof: await rangeProof(node, 0, rows.length, rows.length),
      checkpoint: notes[0].note,
      vkey: await lab.log.signer.vkey(lab.tenant),
      heads: {},
      exportEntry: { id: rows[last].entry_id, index: last },
      requestedBy: asked.actor.id,
      purpose: asked.purpose ?? 'AUDIT',
      createdAt: new Date().toISOString(),
      software: 'bench',
      serverKey,
      sign,
      verifier: readFileSync(VERIFIER),
    },
    (/** @type {Buffer} */ chunk) => void chunks.push(Buffer.from(chunk)),
  );
  return Buffer.concat(chunks);
}

/** @param {Map<string, Buffer>} files @param {number} left @param {(manifest: Buffer) => Promise<string>} sign */
async function without(files, left, sign) {
  for (const name of ['entries.jsonl', 'views/entries.csv']) {
    const lines = (files.get(name) ?? Buffer.alloc(0)).toString('utf8').split('\n');
    lines.splice(name.endsWith('.csv') ? left + 1 : left, 1);
    files.set(name, Buffer.from(lines.join('\n')));
  }
  const manifest = JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '{}');
  for (const file of manifest.files) {
    const bytes = files.get(file.name) ?? Buffer.alloc(0);
    file.size = bytes.length;
    file.sha256 = createHash('sha256').update(bytes).digest('hex');
  }
  const { canonicalize, nextCrc32, writeZip } = audit();
  const bytes = canonicalize(manifest);
  files.set('manifest.json', bytes);
  files.set('manifest.json.asc', Buffer.from(await sign(bytes)));
  const inZip = [...files].map(([name, bytes]) => ({
    name,
    size: bytes.length,
    crc32: nextCrc32(0, bytes),
    content: () => [bytes],
  }));
  /** @type {Buffer[]} */
  const chunks = [];
  await writeZip(inZip, (/** @type {Buffer} */ chunk) => void chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

/** @param {string} folder @param {Buffer} zip */
function verdict(folder, zip) {
  const file = path.join(folder, 'bundle.zip');
  writeFileSync(file, zip);
  try {
    execFileSync(process.execPath, [VERIFIER, file, '--json'], { encoding: 'utf8', stdio: 'pipe' });
    return { code: 0, says: '' };
  } catch (error) {
    const { status, stdout } = /** @type {{ status: number, stdout: string }} */ (error);
    const [first] = JSON.parse(stdout).findings;
    return { code: status, says: first?.message ?? '' };
  }
}

/** The files of a bundle, which are stored as they are. @param {Buffer} zip */
function filesOf(zip) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const size = zip.readUInt32LE(at + 18);
    const from = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
    files.set(
      zip.subarray(at + 30, at + 30 + zip.readUInt16LE(at + 26)).toString('utf8'),
      zip.subarray(from, from + size),
    );
    at = from + size;
  }
  return files;
}
