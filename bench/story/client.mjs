// @ts-check
// What the client does in the portal.
import assert from 'node:assert/strict';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./stage.mjs').Stage} Stage */

/** A made-up person of the demo, as the demo's record has her. */
export const MARIA = {
  name: 'Maria Example',
  contact: 'maria.example@post.example',
  born: { day: '12', month: 'March', year: '1984' },
  identifier: 'JC-104233',
};

/** @param {Page} page @param {string} text */
export async function write(page, text) {
  const box = page.getByTestId('composer').getByRole('textbox');
  await box.fill(text);
  await box.press('Enter');
}

/** A line of the conversation, on either side. @param {Page} page @param {string | RegExp} text */
export function line(page, text) {
  return page.getByTestId('chat-log').locator('article').filter({ hasText: text });
}

/** All that was said, in order, without times and names. @param {Page} page */
export function lines(page) {
  return page.getByTestId('chat-log').locator('article > div[dir]').allInnerTexts();
}

/**
 * Opens the portal on a phone, reads who answers and what happens to what is typed, and says yes to it.
 * @param {Stage} stage
 */
export async function startIntake(stage) {
  const { step, pictures } = stage;
  const page = await stage.enter('client', 'client', { phone: true });
  await step('the client opens the portal and sees who answers, and that they are there', async () => {
    await page.goto('/');
    const way = page.getByRole('link', { name: 'Open Juniper Street Clinic' });
    await way.waitFor();
    await pictures.take(page, 'landing');
    await way.click();
    await page.getByRole('heading', { name: 'Our front desk and nurses answer' }).waitFor();
    await page.getByTestId('presence').getByText('Here now').waitFor();
    await page.getByTestId('emergency').getByRole('link', { name: /911/ }).waitFor();
    await pictures.take(page, 'portal-home', { dark: true });
  });
  await step('nothing starts without an answer to each question and a yes to the notice', async () => {
    await page.getByRole('button', { name: 'Start the conversation' }).click();
    await page.getByRole('alert').getByText('Please check').waitFor();
    await pictures.take(page, 'portal-form-incomplete');
  });
  await step('one answer changes the next question', async () => {
    const which = page.getByLabel('Which medicine?');
    assert.equal(await which.count(), 0);
    await choose(page, 'A medicine');
    await which.fill('Amoxicillin 500 mg');
    const breathing = page.getByText('Is it hard to breathe', { exact: false });
    assert.equal(await breathing.count(), 0);
    await choose(page, 'I may have side effects');
    await breathing.first().waitFor();
    await choose(page, 'No');
  });
  await step('the client fills in the rest, reads the notice, agrees, and starts', async () => {
    await page.getByLabel('Your name').fill(MARIA.name);
    await page.getByLabel('E-mail or phone').fill(MARIA.contact);
    await page
      .getByLabel('Anything we should know first?')
      .fill('I started it on Friday and have a rash since last night.');
    const notice = page.getByRole('region', { name: /Privacy notice/ });
    await notice.scrollIntoViewIfNeeded();
    assert.match(await notice.innerText(), /Juniper Street Clinic answers you here/);
    await page.getByText('I have read the privacy notice').click();
    await pictures.take(page, 'portal-form');
    await page.getByRole('button', { name: 'Start the conversation' }).click();
  });
  await step('the client is told at once where they stand, and writes', async () => {
    await page.getByTestId('place').getByText('You are next in line.').waitFor();
    await pictures.take(page, 'portal-begin');
    await write(page, 'Hello, I have a rash on both arms since last night. Should I stop the tablets?');
    await line(page, 'rash on both arms')
      .locator('[data-delivery="sent"], [data-delivery="delivered"]')
      .waitFor();
    await pictures.take(page, 'portal-waiting');
  });
  return page;
}

/**
 * Another client, in Spanish, from a desk's browser.
 * @param {Stage} stage
 */
export async function startSpanish(stage) {
  const { step, pictures } = stage;
  const page = await stage.enter('Spanish client', 'client', { locale: 'es-MX' });
  await step('another client finds the portal in Spanish and starts a conversation', async () => {
    await page.goto('/p/juniper-clinic');
    await page.getByRole('heading', { name: /Responden nuestra recepción/ }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'es');
    await pictures.take(page, 'portal-home-spanish');
    await choose(page, 'Una cita');
    for (const field of await page.locator('main fieldset').all()) {
      if ((await field.locator('input:checked').count()) === 0)
        await field.getByRole('radio').first().check();
    }
    await page.getByLabel('Su nombre').fill('Tomás Muestra');
    await page.getByLabel('Correo electrónico o teléfono').fill('+1 212 555 0143');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: /conversación/ }).click();
    await page.getByTestId('place').waitFor();
    await write(page, 'Buenos días. Quisiera cambiar mi cita de la semana que viene.');
    await line(page, 'cambiar mi cita')
      .locator('[data-delivery="sent"], [data-delivery="delivered"]')
      .waitFor();
  });
  return page;
}

/**
 * The form, the code from the outbox page, and V1.
 * @param {Stage} stage @param {Page} page
 */
export async function confirmIdentity(stage, page) {
  const { step, pictures } = stage;
  await step('the client opens the form that staff asked for', async () => {
    await page.getByTestId('verification-card').waitFor();
    await pictures.take(page, 'portal-asked');
    await page.getByRole('button', { name: 'Confirm who I am' }).click();
    await page.getByTestId('verification-form').waitFor();
    await page.getByLabel('Full name').fill(MARIA.name);
    await page.getByLabel('Day').fill(MARIA.born.day);
    await page.getByLabel('Month').selectOption({ label: MARIA.born.month });
    await page.getByLabel('Year').fill(MARIA.born.year);
    await page.getByLabel('Medical record number').fill(MARIA.identifier);
    await pictures.take(page, 'portal-verify');
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByTestId('code-input').waitFor();
    await pictures.take(page, 'portal-code');
  });
  const code = await step('the code stands in the mail that went to the address on the record', () =>
    readCode(stage),
  );
  await step('a wrong code is refused, the right one confirms', async () => {
    const input = page.getByTestId('code-input');
    await input.fill(code === '000000' ? '111111' : '000000');
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText('That could not be confirmed').waitFor();
    await input.fill(code);
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByTestId('place').getByText('Identity confirmed').waitFor();
  });
}

/** @param {Stage} stage */
async function readCode({ enter, pictures }) {
  const page = await enter('mailbox', 'client');
  await page.goto('/demo/outbox');
  const mail = page.getByTestId('mail').filter({ hasText: MARIA.contact }).first();
  const text = await mail.innerText();
  await pictures.take(page, 'demo-outbox');
  await page.context().close();
  const code = /\b\d{6}\b/.exec(text)?.[0];
  assert.ok(code, 'the mail holds no six-digit code');
  return code;
}

/**
 * The network of the client goes and comes back; both sides write meanwhile.
 * @param {Stage} stage @param {Page} client @param {Page} staff
 */
export async function dropNetwork({ step, pictures }, client, staff) {
  await step('the network drops: what both write meanwhile arrives once each, and in one order', async () => {
    await client.context().setOffline(true);
    await client.getByText('No connection.', { exact: false }).waitFor();
    await write(client, 'Is it something that I ate?');
    await line(client, 'something that I ate').locator('[data-delivery="sending"]').waitFor();
    await write(staff, 'Please tell me if the rash spreads.');
    await line(staff, 'if the rash spreads').waitFor();
    await pictures.take(client, 'portal-offline');
    assert.equal(await line(staff, 'something that I ate').count(), 0, 'the network was not really gone');
    await client.context().setOffline(false);
    await line(staff, 'something that I ate').waitFor();
    await line(client, 'something that I ate')
      .locator('[data-delivery="read"], [data-delivery="delivered"]')
      .waitFor();
    await line(client, 'if the rash spreads').waitFor();
    assert.deepEqual(await lines(client), await lines(staff));
  });
  await step(
    'the conversation is still readable after a reload, and nothing of it is kept on the device',
    async () => {
      const before = await lines(client);
      await client.reload();
      await line(client, 'something that I ate').waitFor();
      assert.deepEqual(await lines(client), before);
      assert.equal(await client.evaluate(() => localStorage.length + sessionStorage.length), 0);
    },
  );
}

/** @param {Stage} stage @param {Page} page */
export async function rate({ step, pictures }, page) {
  await step('the client rates the conversation', async () => {
    await page.getByTestId('rating-form').waitFor();
    await choose(page, 'Very good');
    await page.getByLabel('Would you like to add something?').fill('Quick, kind and clear.');
    await pictures.take(page, 'portal-rating');
    await page.getByRole('button', { name: 'Send rating' }).click();
    await page.getByText('Thank you for your rating.').first().waitFor();
    await pictures.take(page, 'portal-rated');
  });
}

/** @param {Stage} stage @param {Page} page */
export async function leaveQuickly({ step, address }, page) {
  await step('leaving quickly empties the page, and the way back shows nothing', async () => {
    await page.getByTestId('leave-quickly').click();
    await page.waitForURL('about:blank');
    await page.goto(`${address}/p/juniper-clinic`);
    await page.getByRole('heading', { name: /Responden nuestra recepción/ }).waitFor();
    assert.equal(await page.getByTestId('chat-log').count(), 0);
    assert.doesNotMatch(await page.locator('body').innerText(), /cambiar mi cita/);
  });
}

/** One of several choices, by its words. @param {Page} page @param {string} label */
export async function choose(page, label) {
  await page.getByRole('radio', { name: label, exact: true }).check();
}
