// @ts-check
// Where the story is played: one browser for the client and one for the desk, each with a camera of its own, people who
// each have a profile of their own, and steps that say which one failed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CLIENT, STAFF, drawCamera } from './camera.mjs';
import { camera } from './pictures.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {{ organisation: string, role: string, email: string, password: string, totpSecret: string, site: string }} SignIn */
/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const DESK = { viewport: { width: 1280, height: 800 } };
/** A slow machine may take this long for one thing to appear. */
const PATIENCE_MS = 30_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--allow-loopback-in-peer-connection',
];

/** The step that did not hold, in a sentence, with the pictures of everybody's page at that moment. */
export class Failed extends Error {}

/**
 * @param {object} options
 * @param {string} options.address   of the instance
 * @param {SignIn[]} options.signIns
 * @param {string} options.out       folder of pictures and of what is downloaded
 * @param {string} [options.readme]  folder of the README's pictures
 * @param {(line: string) => void} options.say
 */
export async function openStage({ address, signIns, out, readme, say }) {
  const pictures = camera({ folder: path.join(out, 'pictures'), ...(readme && { readme }) });
  /** @type {Map<string, Page>} */
  const pages = new Map();
  /** @type {string[]} */
  const complaints = [];
  const films = mkdtempSync(path.join(os.tmpdir(), 'vestibule-story-films-'));
  const browsers = {
    client: await startBrowser(path.join(films, 'client.y4m'), CLIENT),
    desk: await startBrowser(path.join(films, 'desk.y4m'), STAFF),
  };

  /**
   * A new person with a profile of their own. What no page may do is noted: fail, break its own security policy, or ask
   * anybody but this server for something.
   * @param {string} who @param {'client' | 'desk'} side @param {{ phone?: boolean, locale?: string }} [options]
   */
  const enter = async (who, side, { phone = false, locale = 'en-US' } = {}) => {
    const context = await browsers[side].newContext({
      ...(phone ? PHONE : DESK),
      locale,
      baseURL: address,
      acceptDownloads: true,
      permissions: ['camera', 'microphone'],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(keepConnections);
    const page = await context.newPage();
    pages.set(who, page);
    page.on('pageerror', (error) => complaints.push(`${who}: ${error.message}`));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(`${who}: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== address) complaints.push(`${who} asked ${origin}`);
    });
    return page;
  };

  /**
   * Plays one step. @template T @param {string} what  a sentence @param {() => Promise<T>} play @returns {Promise<T>}
   * @throws {Failed}
   */
  const step = async (what, play) => {
    const began = performance.now();
    try {
      const result = await play();
      if (complaints.length > 0) throw new Error(complaints.join('; '));
      say(`  ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      return result;
    } catch (error) {
      if (error instanceof Failed) throw error;
      const shots = await lastLooks();
      const why = [error instanceof Error ? error.message : String(error), ...complaints].join('\n');
      throw new Failed(`This did not hold: ${what}\n${why}\nThe pages then: ${shots.join(', ')}`);
    }
  };
  const lastLooks = async () => {
    const shots = [];
    for (const [who, page] of pages) {
      const file = path.join(out, `failed-${who.replaceAll(' ', '-')}.png`);
      const shot = page.isClosed()
        ? undefined
        : await page.screenshot({ path: file, timeout: 5_000 }).catch(() => undefined);
      if (shot) shots.push(file);
    }
    return shots;
  };
  /** @param {string} role @param {string} [organisation] */
  const signInOf = (role, organisation = 'juniper-clinic') => {
    const found = signIns.find((one) => one.organisation === organisation && one.role === role);
    if (found === undefined) throw new Error(`The demo has no ${role} at ${organisation}.`);
    return found;
  };
  const close = async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    rmSync(films, { recursive: true, force: true });
  };
  return { address, out, pictures, enter, step, say, signInOf, close };
}

/** @param {string} film @param {import('./camera.mjs').Sitter} sitter */
async function startBrowser(film, sitter) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}; set CHROMIUM to one.`);
  drawCamera(film, sitter);
  const args = [...FLAGS, `--use-file-for-fake-video-capture=${film}`];
  return chromium.launch({ executablePath, args });
}

/** In the page, before its own scripts: remembers the media connections, so that the browser can be asked about them. */
function keepConnections() {
  const made = /** @type {RTCPeerConnection[]} */ ([]);
  const Real = window.RTCPeerConnection;
  Object.assign(window, { storyConnections: made });
  window.RTCPeerConnection = class extends Real {
    constructor(/** @type {RTCConfiguration | undefined} */ configuration) {
      super(configuration);
      made.push(this);
    }
  };
}
