// @ts-check
// Looks at a page as its reader would: a picture on a phone and on a desk, and the accessibility rules that a program
// can check (axe-core, WCAG 2.2 A and AA).
import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

const SIZES = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 800 } };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SERIOUS = new Set(['serious', 'critical']);
/** A picture of the README is not larger. */
const MOST_BYTES = 150_000;

/** The few pictures of the README: which page, how wide, light or dark. */
const README = new Set([
  'portal-home-390',
  'portal-chat-390',
  'portal-verify-390',
  'console-refused-1280',
  'console-record-1280-dark',
  'console-call-1280',
  'supervisor-today-1280',
  'officer-log-1280',
  'officer-export-1280',
]);

/**
 * @param {object} options
 * @param {string} options.folder   of every picture
 * @param {string} [options.readme] of the README's few
 */
export function camera({ folder, readme }) {
  mkdirSync(folder, { recursive: true });
  if (readme) mkdirSync(readme, { recursive: true });
  let taken = 0;

  /** @param {Page} page @param {string} name */
  const shoot = async (page, name) => {
    // Nothing blinks or glides, so that two runs give the same picture.
    await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
    taken += 1;
    if (readme && README.has(name)) await shootSmall(page, path.join(readme, name));
  };

  /**
   * Takes the page at both widths, and looks for serious faults at each. The page ends as it was.
   * @param {Page} page @param {string} name
   * @param {{ dark?: boolean }} [options]  `dark`: in both colour schemes
   */
  const take = async (page, name, { dark = false } = {}) => {
    const before = page.viewportSize() ?? SIZES[1280];
    const widths =
      before.width === 390 ? /** @type {const} */ ([1280, 390]) : /** @type {const} */ ([390, 1280]);
    for (const width of widths) {
      await page.setViewportSize(SIZES[width]);
      await settle(page);
      await shoot(page, `${name}-${width}`);
      await examine(page, `${name} at ${width} px`);
      if (!dark) continue;
      await page.emulateMedia({ colorScheme: 'dark' });
      await settle(page);
      await shoot(page, `${name}-${width}-dark`);
      await examine(page, `${name} at ${width} px, dark`);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    await page.setViewportSize(before);
    await settle(page);
  };
  return { take, shoot, count: () => taken };
}

/** As JPEG: video in a PNG would be too large for a README. @param {Page} page @param {string} file  without its ending */
async function shootSmall(page, file) {
  const common = { animations: /** @type {const} */ ('disabled'), caret: /** @type {const} */ ('hide') };
  await page.screenshot({ path: `${file}.jpg`, type: 'jpeg', quality: 84, ...common });
  const { size } = statSync(`${file}.jpg`);
  if (size > MOST_BYTES)
    throw new Error(`The picture ${file}.jpg has ${size} bytes, more than ${MOST_BYTES}.`);
}

/** Two frames, so that what a new width or colour changes has been painted. @param {Page} page */
async function settle(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForTimeout(250);
}

/**
 * @param {Page} page @param {string} where
 * @throws {Error} naming each serious fault and where it stands; also when the page is wider than the window.
 */
async function examine(page, where) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  const faults = violations
    .filter(({ impact }) => SERIOUS.has(impact ?? ''))
    .map(
      ({ id, help, nodes }) =>
        `${id} (${help}): ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(' | ')}`,
    );
  const spill = await page.evaluate(widest);
  if (spill > 0) faults.push(`the page is ${spill} px wider than the window`);
  if (faults.length > 0) throw new Error(`${where}: ${faults.join('; ')}`);
}

/** In the page: by how many pixels it, or a part that fills its width, has to be scrolled sideways. */
function widest() {
  const wide = [...document.querySelectorAll('html, body *')].filter(
    (part) => part.clientWidth >= innerWidth * 0.95,
  );
  const spills = wide
    .filter((part) => part.tagName === 'HTML' || getComputedStyle(part).overflowX !== 'visible')
    .map((part) => part.scrollWidth - part.clientWidth);
  return Math.max(0, ...spills);
}
