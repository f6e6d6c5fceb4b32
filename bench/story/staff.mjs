// @ts-check
// What staff do at the desk.
import assert from 'node:assert/strict';
import { generate } from 'otplib';
import { MARIA, line, write } from './client.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./stage.mjs').Stage} Stage */

/**
 * Signs somebody of the demo in, with password and code.
 * @param {Stage} stage @param {string} who @param {string} role @param {{ look?: boolean }} [options]
 */
export async function signIn(stage, who, role, { look = false } = {}) {
  const page = await stage.enter(who, 'desk');
  const pass = stage.signInOf(role);
  await stage.step(`the ${role} signs in with password and code`, async () => {
    await page.goto('/console');
    await page.getByLabel('Organisation').fill(pass.organisation);
    await page.getByLabel('E-mail').fill(pass.email);
    await page.getByLabel('Password').fill(pass.password);
    if (look) await stage.pictures.take(page, 'console-sign-in');
    await page.getByRole('button', { name: 'Continue' }).click();
    const code = page.getByLabel('Six-digit code');
    await code.waitFor();
    if (look) await stage.pictures.take(page, 'console-code');
    await code.fill(await generate({ secret: pass.totpSecret }));
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });
  return page;
}

/** Notes everything that the server tells a page, to look for what it must not. @param {Page} page */
export function overhear(page) {
  /** @type {string[]} */
  const told = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/'))
      response.text().then(
        (text) => told.push(text),
        () => undefined,
      );
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => told.push(String(payload))));
  return told;
}

/** @param {Page} page @param {string} initials */
export function waiting(page, initials) {
  const button = page.getByRole('button', { name: `Claim the conversation of ${initials}` });
  return page.getByTestId('queue-item').filter({ has: button });
}

/** The button shows itself to who points at the row. @param {Page} page @param {string} initials */
async function pressClaim(page, initials) {
  const row = waiting(page, initials);
  await row.hover();
  await row.getByRole('button', { name: /^Claim/ }).click();
}

/**
 * Sees who waits, by initials and topic only, then claims.
 * @param {Stage} stage @param {Page} page @param {string[]} told
 */
export async function claim({ step, pictures }, page, told) {
  await step('staff see initials and topic, and no name and no word of the conversation', async () => {
    await waiting(page, 'ME').getByText('A medicine').first().waitFor();
    await pictures.take(page, 'console-queue', { dark: true });
    const shown = await page.locator('body').innerText();
    for (const text of [shown, ...told])
      assert.doesNotMatch(text, /Maria|Example|maria\.example|rash|Amoxicillin/);
  });
  await step('staff claim, and see the name, the answers and the page the client came from', async () => {
    await pressClaim(page, 'ME');
    await page.getByRole('heading', { name: /Maria Example/ }).waitFor();
    await line(page, 'rash on both arms').waitFor();
    const panel = page.getByRole('complementary', { name: 'About this conversation' });
    assert.match(await panel.innerText(), /Amoxicillin 500 mg[^]*I may have side effects/);
    assert.match(await panel.innerText(), /\/p\/juniper-clinic/);
  });
}

/**
 * Answers with a prepared reply, sees typing and receipts, and keeps a note for colleagues.
 * @param {Stage} stage @param {Page} page @param {Page} client
 */
export async function answer({ step, pictures }, page, client) {
  await step('a prepared reply greets the client by name', async () => {
    await pickReply(page, 'Welcome', async () => pictures.take(page, 'console-replies'));
    const box = page.getByTestId('composer').getByRole('textbox');
    assert.match(
      await box.inputValue(),
      /^Hello Maria Example, this is Noor Haddad.* at Juniper Street Clinic\./,
    );
    await box.press('Enter');
    await line(client, 'Hello Maria Example').waitFor();
    await client.getByTestId('place').getByText('You are talking with Noor Haddad').waitFor();
    await line(page, 'Hello Maria Example').locator('[data-delivery="read"]').waitFor();
  });
  await step('each side sees the other typing, and what was delivered and read', async () => {
    await client.getByTestId('composer').getByRole('textbox').pressSequentially('It itches', { delay: 30 });
    await page.getByText('is typing').first().waitFor();
    await write(client, 'It itches, but I breathe well.');
    await line(page, 'I breathe well').waitFor();
    await line(client, 'I breathe well').locator('[data-delivery="read"]').waitFor();
  });
  await step('a note for staff never reaches the client', async () => {
    const heard = overhear(client);
    await page
      .getByLabel('New note, for staff only')
      .fill('Sounds mild. Check the penicillin entry in the record.');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByTestId('notes').getByText('Sounds mild.').waitFor();
    await client.reload();
    await line(client, 'I breathe well').waitFor();
    const shown = await client.locator('body').innerText();
    for (const text of [shown, ...heard]) assert.doesNotMatch(text, /Sounds mild/);
    await pictures.take(client, 'portal-chat', { dark: true });
  });
}

/**
 * Tries to say what stands in the record to somebody who is not known yet.
 * @param {Stage} stage @param {Page} page @param {Page} client
 * @returns {Promise<boolean>} that it was refused
 */
export async function refusedBeforeV1({ step, pictures }, page, client) {
  const words = `Are you the one with record number ${MARIA.identifier}?`;
  await step(
    'a value of the record is refused before identity is confirmed, and staff are told why',
    async () => {
      await write(page, words);
      const refusal = page.getByTestId('disclosure-refusal');
      await refusal.waitFor();
      assert.match(await refusal.innerText(), /identity is not confirmed/);
      assert.equal(await page.getByTestId('composer').getByRole('textbox').inputValue(), words);
      await page.getByTestId('ask-to-verify').scrollIntoViewIfNeeded();
      await pictures.take(page, 'console-refused', { dark: true });
      assert.equal(await line(client, MARIA.identifier).count(), 0);
    },
  );
  await step('a prepared reply that holds such a value is refused, too', async () => {
    await page.getByTestId('disclosure-refusal').getByRole('button', { name: 'Dismiss' }).click();
    await page.getByTestId('composer').getByRole('textbox').fill('');
    await pickReply(page, 'Next appointment');
    await page.getByTestId('disclosure-refusal').waitFor();
    assert.equal(await page.getByTestId('composer').getByRole('textbox').inputValue(), '');
    await page.getByTestId('record-panel').getByText('Closed until').waitFor();
  });
  await step('staff ask the client to confirm who they are', async () => {
    await page.getByTestId('ask-to-verify').click();
    await page.getByText('Asked, waiting for the client').first().waitFor();
  });
  return true;
}

/**
 * @param {Stage} stage @param {Page} page @param {Page} client
 * @returns {Promise<string>} the assurance level that the page shows
 */
export async function discloseOnceKnown({ step, pictures }, page, client) {
  await step('staff see that identity is confirmed, and open the record', async () => {
    await page.getByRole('heading', { name: /Maria Example.*Confirmed/ }).waitFor();
    await page.getByRole('button', { name: 'Show record values' }).click();
    await page.getByTestId('record-panel').getByText('$84.50').waitFor();
    await pictures.take(page, 'console-record', { dark: true });
  });
  await step('now a value of the record may be said', async () => {
    await pickReply(page, 'Next appointment');
    await page.getByTestId('composer').getByRole('textbox').press('Enter');
    await line(client, /Your next appointment is \d{4}-\d\d-\d\d 10:30/).waitFor();
  });
  return (await page.getByText('Confirmed', { exact: true }).count()) > 0 ? 'V1' : 'ANON';
}

/**
 * Two people press Claim at once. Neither request leaves before both have been made.
 * @param {Stage} stage @param {Page} one @param {Page} other
 */
export async function race({ step, pictures }, one, other) {
  return step('two staff claim at once: one has it, the other is told who', async () => {
    const both = [one, other];
    let asked = 0;
    /** @type {() => void} */
    let letGo = () => undefined;
    const ready = new Promise((resolve) => (letGo = () => resolve(undefined)));
    for (const page of both) {
      await page.route('**/claim', async (route) => {
        asked += 1;
        if (asked === both.length) letGo();
        await ready;
        await route.continue();
      });
    }
    await Promise.all(both.map((page) => pressClaim(page, 'TM')));
    const beaten = (/** @type {Page} */ page) => page.getByText(/^Taken by /).first();
    const loser = await Promise.any(
      both.map((page) =>
        beaten(page)
          .waitFor()
          .then(() => page),
      ),
    );
    const winner = loser === one ? other : one;
    const name = winner === one ? 'Noor Haddad' : 'Rosa Vega';
    assert.match(await beaten(loser).innerText(), new RegExp(`^Taken by ${name}`));
    await pictures.take(loser, 'console-taken');
    await winner.getByRole('heading', { name: /Tomás Muestra/ }).waitFor();
    for (const page of both) await page.unroute('**/claim');
    return winner;
  });
}

/** @param {Stage} stage @param {Page} page @param {Page} client */
export async function transfer({ step, pictures }, page, client) {
  await step('staff pass the conversation on, and the client keeps their place', async () => {
    await page.getByRole('button', { name: 'Transfer', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Queue').selectOption({ label: 'Billing' });
    await dialog.getByLabel('Reason').fill('Wants to ask about a bill as well');
    await pictures.take(page, 'console-transfer');
    await dialog.getByRole('button', { name: 'Transfer now' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await client
      .getByTestId('place')
      .getByText(/siguiente|número|fila|turno/i)
      .first()
      .waitFor();
  });
}

/** @param {Stage} stage @param {Page} page @param {Page} client */
export async function close({ step, pictures }, page, client) {
  await step('staff close the conversation with an outcome', async () => {
    await page.getByRole('button', { name: 'Close conversation' }).click();
    await page
      .getByTestId('close-dialog')
      .getByRole('radio', { name: /Resolved/ })
      .check();
    await pictures.take(page, 'console-close');
    await page.getByRole('button', { name: 'Close it' }).click();
    await client.getByText('This conversation has ended.').waitFor();
  });
}

/** @param {Page} page @param {string} title @param {() => Promise<void>} [look] */
async function pickReply(page, title, look) {
  await page.getByRole('button', { name: 'Prepared reply' }).click();
  const dialog = page.getByRole('dialog', { name: 'Prepared replies' });
  await dialog.getByRole('option', { name: title }).waitFor();
  await look?.();
  await dialog.getByRole('combobox').fill(title);
  await dialog.getByRole('option', { name: title }).click();
  await dialog.waitFor({ state: 'hidden' });
}
