// @ts-check
// The video consult: offered, checked, waited for, admitted, held, ended.
import assert from 'node:assert/strict';
import { line, write } from './client.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./stage.mjs').Stage} Stage */

/** The other side has to be seen for this many frames before it counts as seen. */
const SEEN_FRAMES = 30;

/**
 * @param {Stage} stage @param {Page} staff @param {Page} client
 * @returns {Promise<{ joinMs: number, clientFrames: number, staffFrames: number, srtp: string }>}  `joinMs`: from the
 *   press on "Admit and join" to the first frame of the other side on the client's page
 */
export async function consult(stage, staff, client) {
  await untilLobby(stage, staff, client);
  const joinMs = await admit(stage, staff, client);
  await duringTheCall(stage, staff, client);
  const seen = await stage.step('frames went both ways, and the media was encrypted', async () => {
    const [atClient, atStaff] = [await media(client), await media(staff)];
    for (const { frames } of [atClient, atStaff])
      assert.ok(frames >= SEEN_FRAMES, `only ${frames} frames were seen`);
    assert.match(atClient.srtp, /AES/i, 'the client’s browser names no SRTP cipher');
    assert.equal(atClient.srtp, atStaff.srtp);
    return { clientFrames: atClient.frames, staffFrames: atStaff.frames, srtp: atClient.srtp };
  });
  await end(stage, staff, client);
  return { joinMs, ...seen };
}

/** @param {Stage} stage @param {Page} staff @param {Page} client */
async function untilLobby({ step, pictures }, staff, client) {
  await step('staff offer a video consult, the client accepts', async () => {
    await staff.getByTestId('offer-video').click();
    await staff.getByText('Offered. Waiting for the client to accept.').waitFor();
    await client.getByTestId('offer-card').waitFor();
    await pictures.take(client, 'portal-offer');
    await noTicket(client);
    await client.getByTestId('offer-card').getByRole('button', { name: 'Accept' }).click();
  });
  await step('the client checks camera, microphone and sound', async () => {
    const check = client.getByTestId('device-check');
    await check.getByRole('button', { name: 'Start the check' }).click();
    await check.getByText('Your camera works.', { exact: false }).waitFor();
    await check.getByText('We can hear you.').waitFor();
    await check.getByRole('button', { name: 'Play a sound' }).click();
    await check.getByRole('button', { name: 'Yes' }).click();
    await check.getByText('Your sound works.').waitFor();
    await pictures.take(client, 'portal-check');
    await check.getByRole('button', { name: 'I am ready' }).click();
  });
  await step('the client waits in the lobby, where there is no ticket to any media', async () => {
    await client.getByTestId('lobby').waitFor();
    await noTicket(client);
    assert.equal((await media(client)).connections, 0);
    await pictures.take(client, 'portal-lobby');
    await staff.getByTestId('admit').waitFor();
    await pictures.take(staff, 'console-lobby');
  });
}

/** Asks as the page itself would, with its cookie. @param {Page} client */
async function noTicket(client) {
  const status = await client.evaluate(async () => {
    const asked = await fetch('/api/client/consult/ticket', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return asked.status;
  });
  assert.equal(status, 403, 'a client who was not admitted was answered for a ticket');
}

/** @param {Stage} stage @param {Page} staff @param {Page} client @returns {Promise<number>} milliseconds */
async function admit({ step, pictures }, staff, client) {
  return step('staff admit, and both see each other', async () => {
    await staff.getByTestId('admit').click();
    await staff.getByTestId('preview-video').waitFor();
    await pictures.take(staff, 'console-admit');
    const first = client.evaluate(firstRemoteFrame);
    const join = staff.getByTestId('join');
    const pressed = join.evaluate(
      (button) =>
        new Promise((done) => button.addEventListener('click', () => done(Date.now()), { once: true })),
    );
    await join.click();
    const joinMs = Math.round(Number(await first) - Number(await pressed));
    await seen(staff, SEEN_FRAMES);
    await seen(client, SEEN_FRAMES);
    await pictures.take(client, 'portal-call');
    return joinMs;
  });
}

/** @param {Stage} stage @param {Page} staff @param {Page} client */
async function duringTheCall({ step, pictures, say }, staff, client) {
  await step('a muted microphone and a camera that is off are shown to the other side', async () => {
    await client.getByRole('button', { name: 'Mute microphone' }).click();
    await staff.getByRole('img', { name: 'Maria Example is muted' }).waitFor();
    await client.getByRole('button', { name: 'Turn camera off' }).click();
    await staff.getByText('Maria Example has the camera off').waitFor();
    await client.getByRole('button', { name: 'Unmute microphone' }).click();
    await client.getByRole('button', { name: 'Turn camera on' }).click();
    await staff.getByText('Maria Example has the camera off').waitFor({ state: 'detached' });
    await seen(staff, (await media(staff)).frames + SEEN_FRAMES);
  });
  await step('what is written during the call is the same conversation', async () => {
    await write(staff, 'I can see the rash well. It looks mild.');
    await client.getByRole('button', { name: 'Show chat' }).click();
    await line(client, 'It looks mild').waitFor();
    await line(client, 'rash on both arms').waitFor();
    await write(client, 'That is a relief.');
    await line(staff, 'That is a relief').waitFor();
    await pictures.take(client, 'portal-call-chat');
    await pictures.take(staff, 'console-call');
    await client.getByRole('button', { name: 'Hide chat' }).click();
  });
  await step('staff share a screen, and stop', async () => {
    await staff.getByRole('button', { name: 'Share screen' }).click();
    const screen = client.getByTestId('remote-screen');
    await screen.waitFor();
    await screen.evaluate(
      (video) =>
        new Promise((done) => /** @type {HTMLVideoElement} */ (video).requestVideoFrameCallback(done)),
    );
    await pictures.take(client, 'portal-call-screen');
    await staff.getByRole('button', { name: 'Stop sharing' }).click();
    await screen.waitFor({ state: 'detached' });
  });
  say(`    media now: ${JSON.stringify({ client: await media(client), staff: await media(staff) })}`);
}

/** @param {Stage} stage @param {Page} staff @param {Page} client */
async function end({ step }, staff, client) {
  await step('staff end the call, and the chat goes on', async () => {
    await staff.getByRole('button', { name: 'Leave the consult' }).click();
    await staff.getByRole('heading', { name: /Maria Example/ }).waitFor();
    await client.getByTestId('remote-video').waitFor({ state: 'detached' });
    await noTicket(client);
    await write(client, 'Thank you for having a look.');
    await line(staff, 'for having a look').waitFor();
    await write(staff, 'Stop the tablets. We call you tomorrow at nine with another medicine.');
    await line(client, 'call you tomorrow').waitFor();
  });
}

/** Waits until a page has decoded so many pictures of the other side. @param {Page} page @param {number} frames */
async function seen(page, frames) {
  const until = Date.now() + 30_000;
  while ((await media(page)).frames < frames) {
    assert.ok(Date.now() < until, `fewer than ${frames} frames of the other side were decoded`);
    await page.waitForTimeout(100);
  }
}

/** What the browser itself says of the media of a page (W3C webrtc-stats). @param {Page} page */
async function media(page) {
  return page.evaluate(async () => {
    const { storyConnections } = /** @type {{ storyConnections: RTCPeerConnection[] }} */ (
      /** @type {unknown} */ (window)
    );
    let frames = 0;
    let srtp = '';
    let connections = 0;
    for (const connection of storyConnections) {
      if (connection.connectionState === 'closed') continue;
      connections += 1;
      (await connection.getStats()).forEach((row) => {
        if (row.type === 'inbound-rtp' && row.kind === 'video') frames += row.framesDecoded ?? 0;
        if (row.type === 'transport' && row.srtpCipher) srtp = row.srtpCipher;
      });
    }
    return { frames, srtp, connections };
  });
}

/** In the client's page: the time of the first frame that is shown of the other side. */
function firstRemoteFrame() {
  return new Promise((done) => {
    const look = () => {
      const video = /** @type {HTMLVideoElement | null} */ (
        document.querySelector('[data-testid="remote-video"]')
      );
      if (video) video.requestVideoFrameCallback(() => done(Date.now()));
      else requestAnimationFrame(look);
    };
    look();
  });
}
