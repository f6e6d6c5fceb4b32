// @ts-check
// What the supervisor and the compliance officer see afterwards, and the check of what the officer took away.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NODE, ROOT } from '../../infra/bootstrap/steps/places.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./stage.mjs').Stage} Stage */

const LOCAL_HEADER = 0x04034b50;

/** @param {Stage} stage @param {Page} page */
export async function figures({ step, pictures }, page) {
  await step('the supervisor sees the figures of the day', async () => {
    await page.getByRole('link', { name: 'Today', exact: true }).click();
    await page.getByRole('heading', { name: 'Today', exact: true }).waitFor();
    const shown = async () => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ');
    await page.getByText('Average wait to be answered').waitFor();
    assert.match(await shown(), /Asked 2 Answered 2/);
    assert.match(await shown(), /100\s?%/);
    await pictures.take(page, 'supervisor-today', { dark: true });
  });
}

/** @param {Stage} stage @param {Page} page */
export async function staffList({ step, pictures }, page) {
  await step('the administrator sees who works here', async () => {
    await page.getByTestId('staff-table').getByText('Noor Haddad').waitFor();
    await pictures.take(page, 'administrator-staff');
  });
}

/** @param {Stage} stage @param {Page} page */
export async function readLog({ step, pictures }, page) {
  const table = page.getByTestId('log-table');
  await step('the officer reads who did what, and why it was allowed', async () => {
    await table.getByText('Admitted a client to a video call').first().waitFor();
    await pictures.take(page, 'officer-log', { dark: true });
  });
  await step('the officer filters the log down to what was refused', async () => {
    await page.getByLabel('Outcome').selectOption({ label: 'Refused' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await table.getByText('Admitted a client to a video call').waitFor({ state: 'detached' });
    const rows = table.locator('tbody > tr');
    await rows
      .getByText('Told a client a value of their record')
      .or(rows.getByText('Sent a message'))
      .first()
      .waitFor();
    for (const row of await rows.all()) assert.match(await row.innerText(), /Refused/);
    await rows.first().getByRole('button').click();
    await pictures.take(page, 'officer-refused');
  });
}

/** @param {Stage} stage @param {Page} page @returns {Promise<string>} where the bundle is */
export async function exportDay({ step, pictures, out }, page) {
  const bundle = path.join(out, 'bundle.zip');
  await step('the officer exports the day, watches it being made, and takes the bundle', async () => {
    await page.getByRole('link', { name: 'Exports', exact: true }).click();
    await page.getByRole('button', { name: 'Start export' }).waitFor();
    const progress = page.getByTestId('export-progress').waitFor();
    await page.getByRole('button', { name: 'Start export' }).click();
    await progress;
    const download = page.getByTestId('export-download');
    await download.waitFor();
    await page.getByText('How to check it offline').click();
    await pictures.take(page, 'officer-export');
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
    await file.saveAs(bundle);
  });
  return bundle;
}

/**
 * Runs the offline verifier on the bundle, and on a copy in which one bit of one entry is another.
 * @param {Stage} stage @param {string} bundle
 */
export async function checkBundle({ step, say }, bundle) {
  const whole = await step('the verifier finds the bundle valid, offline', async () => {
    const checked = verify(bundle);
    assert.equal(checked.code, 0, checked.words);
    return checked;
  });
  const changed = await step('one changed byte is found, and the entry is named', async () => {
    const copy = bundle.replace(/\.zip$/, '-changed.zip');
    const index = changeOneByte(bundle, copy);
    const checked = verify(copy);
    assert.equal(checked.code, 1, checked.words);
    const named = checked.report.findings[0];
    assert.equal(named.index, checked.report.bundle.range.from + index, checked.words);
    say(`    ${named.message}`);
    return checked;
  });
  const entries = Number(whole.report.bundle.counts.included);
  return { entries, verify: whole.code, verifyTampered: changed.code };
}

/** @param {string} bundle */
function verify(bundle) {
  // Nothing of the environment: no address of a database, no home.
  const ran = spawnSync(NODE, [path.join(ROOT, 'audit', 'cli', 'verify.mjs'), bundle, '--json'], {
    encoding: 'utf8',
    env: {},
  });
  return { code: ran.status ?? -1, words: `${ran.stdout}${ran.stderr}`, report: JSON.parse(ran.stdout) };
}

/**
 * Files in a bundle are stored as they are, so that one byte of an entry is one byte of the file.
 * @param {string} bundle @param {string} copy
 * @returns {number} the place of the changed entry among those in the bundle, from 0
 */
function changeOneByte(bundle, copy) {
  const zip = readFileSync(bundle);
  // The manifest names the file, too; its local header is 30 bytes before its name (APPNOTE.TXT, 4.3.7).
  let name = zip.indexOf('entries.jsonl');
  while (name >= 0 && zip.readUInt32LE(name - 30) !== LOCAL_HEADER)
    name = zip.indexOf('entries.jsonl', name + 1);
  const header = name - 30;
  assert.ok(header >= 0, 'the bundle has no entries.jsonl');
  const start = header + 30 + 'entries.jsonl'.length + zip.readUInt16LE(header + 28);
  const size = zip.readUInt32LE(header + 18);
  const lines = zip
    .subarray(start, start + size)
    .toString('latin1')
    .split('\n');
  const index = Math.floor(lines.length / 2);
  const before = lines.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0);
  const within = (lines[index] ?? '').search(/(?<=:")[a-z]/);
  assert.ok(within >= 0, 'that entry has no letter to change');
  const at = start + before + within;
  zip.writeUInt8(zip.readUInt8(at) ^ 1, at);
  writeFileSync(copy, zip);
  return index;
}
