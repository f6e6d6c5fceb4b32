// @ts-check
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from './places.mjs';
import { ensurePkcs11 } from './pkcs11.mjs';

test('the add-on is built from the package alone, loads, and is built only once for a machine', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'pkcs11-step-'));
  const bare = (/** @type {string} */ name) => {
    const packageDir = path.join(home, name);
    cpSync(path.join(ROOT, 'node_modules', 'pkcs11js'), packageDir, {
      recursive: true,
      dereference: true,
      filter: (from) => path.basename(from) !== 'build',
    });
    return packageDir;
  };
  const cacheDir = path.join(home, 'cache');
  const given = process.env.PATH;
  try {
    const file = await ensurePkcs11({ packageDir: bare('first'), cacheDir });
    /** @type {{ exports: { PKCS11?: unknown } }} */
    const addOn = { exports: {} };
    process.dlopen(addOn, file);
    assert.equal(typeof addOn.exports.PKCS11, 'function');

    process.env.PATH = ''; // no compiler any more
    const again = await ensurePkcs11({ packageDir: bare('second'), cacheDir });
    assert.equal(statSync(again).size, statSync(file).size);
    await assert.rejects(
      ensurePkcs11({ packageDir: bare('third'), cacheDir: path.join(home, 'empty') }),
      /install g\+\+/,
    );
  } finally {
    process.env.PATH = given;
    rmSync(home, { recursive: true });
  }
});
