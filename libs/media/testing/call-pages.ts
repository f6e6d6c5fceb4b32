import type { Browser, Page } from 'playwright-core';

export interface Reading {
  states: string[];
  peers: { peerId: string }[];
  remote: Record<string, 'on' | 'paused'>;
  errors: string[];
  stats: {
    framesSent: number;
    framesReceived: number;
    audioPacketsReceived: number;
    srtpCipher?: string;
    protocol?: string;
  };
}

/** What a page of a call has come to. */
export const read = (page: Page) => page.evaluate<Reading>('window.call.read()');
/** Calls something of the page's `window.call`. */
export const press = (page: Page, what: string) => page.evaluate<string>(`window.call.${what}`);

/** Returns the first reading of which `holds` is true. Throws when there is none in time. */
export async function until(
  page: Page,
  holds: (reading: Reading) => boolean,
  withinMs = 15_000,
): Promise<Reading> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const reading = await read(page);
    if (holds(reading)) return reading;
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${JSON.stringify(reading)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Returns when each page decodes picture and sound of the other from now on. */
export async function flowsBetween(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    const before = (await read(page)).stats;
    await until(
      page,
      ({ stats }) =>
        // A rebuilt call counts from nothing again.
        stats.framesReceived >
          (stats.framesReceived < before.framesReceived ? 0 : before.framesReceived) + 10 &&
        stats.audioPacketsReceived >
          (stats.audioPacketsReceived < before.audioPacketsReceived ? 0 : before.audioPacketsReceived) + 10 &&
        stats.framesSent > 10,
    );
  }
}

/** Opens the page of a `CallServer`, with a camera and a microphone. */
export async function openPage(browser: Browser, origin: string, who: string): Promise<Page> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.goto(`${origin}/?who=${who}`);
  return page;
}
