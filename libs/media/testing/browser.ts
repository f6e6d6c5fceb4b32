import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const BUNDLE = `
  import { build } from 'vite';
  const [entry, outDir] = process.argv.slice(1);
  await build({ configFile: false, logLevel: 'error', publicDir: false, build: {
    outDir, emptyOutDir: false, lib: { entry, formats: ['iife'], name: 'page', fileName: () => 'page.js' } } });
`;

/** Returns the test page as one script. In a process of its own: the bundler is no part of what is tested. */
export async function bundlePage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'call-page-'));
  const entry = resolve(__dirname, '../../ui/src/consult/testing/call-page.ts');
  try {
    const root = resolve(__dirname, '../../..');
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUNDLE, entry, outDir], {
      cwd: root,
    });
    return readFileSync(join(outDir, 'page.js'), 'utf8');
  } finally {
    await rm(outDir, { recursive: true });
  }
}

/** Starts the system's Chromium with a camera and a microphone that are not there. Throws when it is not installed. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new Error(`There is no browser at ${executablePath}; set CHROMIUM to one.`);
  return chromium.launch({
    executablePath,
    args: [
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
    ],
  });
}
