import { AxeBuilder } from '@axe-core/playwright';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import cases from '../../../../audit/vectors/bundles/cases.json';

// The page as it is built, in Chromium, under the content security policy of the program. Where it differs from the
// verifier that people run by hand, somebody would be told something else.

const ROOT = resolve(__dirname, '../../../..');
const VECTORS = join(ROOT, 'audit', 'vectors');
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; worker-src 'self'";
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const RESULTS = ['valid', 'tampered', 'unusable', 'below'];

let folder: string;
let server: Server;
let address: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let asked: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-page-'));
  const config = join('apps', 'console', 'tests', 'check', 'vite.config.ts');
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const words = [vite, 'build', '-c', config, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, words, { cwd: ROOT, env: { PATH: process.env['PATH'] } });
  server = createServer(({ url = '/', method }, response) => {
    asked.push(`${method} ${url}`);
    const path = join(folder, url === '/' ? 'index.html' : url);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(path)], 'content-security-policy': POLICY });
    response.end(readFileSync(path));
  });
  asked = [];
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`There is no browser at ${executablePath}; set CHROMIUM.`);
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
  });
  context = await browser.newContext();
  page = await context.newPage();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => page.goto(address));

const FIELD: Record<string, string> = {
  '--key': 'The server’s OpenPGP key',
  '--vkey': 'The key of the log',
  '--against': 'An earlier state of the log that you kept',
  '--policy': 'Your rule about witnesses',
  '--tsa-ca': 'Certificate of your time-stamping authority',
};

/** Chooses a file, with what is compared with it, and waits for the answer. */
async function answered(file: string, args: readonly string[] = []) {
  if (args.length > 0) await page.getByText('Compare it with what you were given').click();
  for (let i = 0; i < args.length; i += 2) {
    const text = readFileSync(join(VECTORS, args[i + 1] ?? ''), 'utf8');
    await page.getByLabel(FIELD[args[i] ?? ''] ?? '').fill(text);
  }
  await page.getByTestId('check-file').setInputFiles(join(VECTORS, file));
  const result = page.getByTestId('check-result');
  await result.waitFor();
  return { result: await result.getAttribute('data-result'), text: await result.innerText() };
}

test('a bundle with all its parts is found whole, and nothing of it leaves the page', async () => {
  const loaded = asked.length;
  const args = [
    '--key',
    'keys/server.asc',
    '--vkey',
    'keys/log.vkey',
    '--policy',
    'trust/two-of-three.policy',
  ];
  const { result, text } = await answered('bundles/all-parts.zip', [
    ...args,
    '--against',
    'trust/size-5.checkpoint',
  ]);
  expect(result).toBe('valid');
  expect(text).toContain('This export is whole');
  expect(text).toContain('10 of 10 entries');
  expect(text).toContain('Messages exactly as they were sealed: 3. Kept back: 1. Lines of what happened: 1');
  expect(text).toContain('witness.example/w1 saw this state of the log');
  expect(text).toContain('since the state that you kept, of 5 entries');
  expect(text).toContain('Things that were never recorded.');
  expect(text).not.toContain('the keys came from inside the export');
  // The worker's script is all that it asks for: everything is a GET of a file that was built.
  for (const request of asked.slice(loaded))
    expect(request).toMatch(/^GET \/(assets\/[\w.-]+\.js|favicon\.ico)?$/);
});

test('a changed entry is named by its number and its id', async () => {
  const { result, text } = await answered('bundles/entry-changed.zip');
  expect(result).toBe('tampered');
  expect(text).toContain('This has been changed');
  expect(await page.getByTestId('check-first').innerText()).toBe('The content of entry 4 has been changed.');
  expect(text).toContain('019cab00-0000-7000-8000-000000000004');
});

// Every way in which a part can be wrong, and not each of the ways in which a zip can.
const SAME = cases.filter(({ file }, i) => !/zip-|manifest|not-a-zip|empty/.test(file) && i % 3 === 0);
test('the page and the verifier that runs by hand give the same answer', async () => {
  const differing = [];
  for (const { file, args, exit } of SAME) {
    await page.reload();
    const { result } = await answered(file, args);
    if (result !== RESULTS[exit]) differing.push({ file, args, exit, result });
  }
  expect(differing).toEqual([]);
  expect(SAME.length).toBeGreaterThan(25);
}, 180_000);

test('the cryptography that the page brings agrees with Node about signatures of X.509', async () => {
  const message = Buffer.from('what was signed');
  const kinds = [
    { scheme: 'rsa-pkcs1', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) },
    { scheme: 'ecdsa', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
    { scheme: 'ecdsa', ...generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
    { scheme: 'ecdsa', ...generateKeyPairSync('ec', { namedCurve: 'P-521' }) },
  ];
  for (const { scheme, privateKey, publicKey } of kinds) {
    for (const hash of ['sha256', 'sha512']) {
      const spki = [...publicKey.export({ format: 'der', type: 'spki' })];
      const signature = [...sign(hash, message, privateKey)];
      const job = { spki, scheme, hash, message: [...message], signature };
      const answer = await page.evaluate((one) => {
        const { browserPrimitives } = window as unknown as {
          browserPrimitives: { verifySignature: (...words: unknown[]) => boolean };
        };
        const bytes = (list: number[]) => Uint8Array.from(list);
        const holds = (text: number[]) =>
          browserPrimitives.verifySignature(
            bytes(one.spki),
            one.scheme,
            one.hash,
            bytes(text),
            bytes(one.signature),
          );
        return [holds(one.message), holds([...one.message, 0])];
      }, job);
      expect([scheme, hash, ...answer]).toEqual([scheme, hash, true, false]);
    }
  }
});

test.each([
  ['en', 390, 'light'],
  ['es', 390, 'dark'],
  ['en', 1280, 'dark'],
  ['es', 1280, 'light'],
] as const)(
  'the page is accessible and does not scroll sideways (%s, %d px, %s)',
  async (language, width, scheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(`${address}#${language}`);
    await page.reload();
    for (const file of ['all-parts.zip', 'entry-changed.zip']) {
      await page.getByTestId('check-file').setInputFiles(join(VECTORS, 'bundles', file));
      await page.getByTestId('check-result').waitFor();
      const pictures = process.env['CHECK_PICTURES'];
      if (pictures !== undefined)
        await page.screenshot({
          path: join(pictures, `${language}-${width}-${scheme}-${file}.png`),
          fullPage: true,
        });
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag22aa'])
        .analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
    }
  },
  60_000,
);
