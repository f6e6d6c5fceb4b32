import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TranscriptDocument, TranscriptLine } from './document';
import { pdfOf } from './pdf';

const AT = '2026-11-22T15:04:05.000Z';
const line = (seq: number, more: Partial<TranscriptLine>): TranscriptLine => ({
  seq,
  at: AT,
  author: { role: 'client', id: 'c' },
  entry: { id: `e-${seq}`, index: 1_000 + seq },
  ...more,
});
const transcript = (
  messages: readonly TranscriptLine[],
  locale: 'en' | 'es' = 'en',
  source?: string,
): TranscriptDocument => ({
  ...{ format: 'vestibule-transcript/1', exportId: '0192aaaa-0000-7000-8000-0000000000e1', purpose: 'DSAR' },
  createdAt: AT,
  organisation: 'Clínica Ñandú',
  conversation: {
    ...{ id: '0192aaaa-0000-7000-8000-00000000000c', startedAt: AT, queue: 'Reception', locale },
    timeZone: 'America/New_York',
  },
  leftOut: ['notes'],
  ...(source !== undefined && { source }),
  messages,
});
const STAFF = { role: 'staff', id: 's', name: 'Noor Haddad' } as const;
const SAID = [
  line(1, { text: 'My knee has hurt since Tuesday 🦵.\nIt is worse at night.' }),
  line(2, { event: 'claimed', author: { role: 'system', id: 'vestibule', name: 'Noor Haddad' } }),
  line(3, { author: STAFF, text: 'Thank you. ' + 'When did it begin, and what makes it better? '.repeat(8) }),
  line(4, { withheld: 'third-party' }),
  line(5, { text: 'x'.repeat(400) }),
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pdf-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function written(document: TranscriptDocument): Promise<string> {
  const path = join(folder, 'transcript.pdf');
  writeFileSync(path, await pdfOf(document));
  return path;
}
const textOf = (path: string) => execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });

test('says of itself that it is PDF/A-2b, embeds every font, and asks for nothing from outside', async () => {
  const pdf = (await pdfOf(transcript(SAID))).toString('latin1');
  expect(pdf).toContain('<pdfaid:part>2</pdfaid:part>');
  expect(pdf).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
  expect(pdf).toContain('/GTS_PDFA1');
  expect(pdf.match(/\/FontFile2 /g)?.length).toBe(pdf.match(/\/Type \/FontDescriptor/g)?.length);
  expect(pdf).not.toMatch(/\/BaseFont \/(Helvetica|Times|Courier)/);
  expect(pdf).not.toMatch(/\/(URI|JavaScript|Launch|EmbeddedFile|Encrypt)\b/);
});

test('is a whole PDF for qpdf', async () => {
  const { status, stdout } = spawnSync('qpdf', ['--check', await written(transcript(SAID))], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, expect.stringContaining('No syntax or stream encoding errors')]);
});

test('reads as what was said: who, when, where it is on record, and what is kept back and why', async () => {
  const text = textOf(await written(transcript(SAID, 'en', 'ab'.repeat(32)))).replaceAll(/\s+/g, ' ');
  expect(text).toContain('Redacted transcript of a conversation');
  expect(text).toContain('Organisation: Clínica Ñandú');
  expect(text).toContain('Made for: a person’s request for their data');
  expect(text).toMatch(
    /1\. Client Nov 22, 2026, 10:04:05.AM · entry 1,001 My knee has hurt since Tuesday \[U\+1F9B5\]\. It is worse/,
  );
  expect(text).toContain('2. What happened');
  expect(text).toContain('Noor Haddad took the conversation.');
  expect(text).toContain('3. Staff: Noor Haddad');
  expect(text).toContain('[This message is kept back: it is about somebody else.]');
  expect(text).toContain('Not in here: notes that staff wrote for each other');
});

test('is Spanish for a conversation in Spanish', async () => {
  const text = textOf(await written(transcript(SAID, 'es'))).replaceAll(/\s+/g, ' ');
  expect(text).toContain('Transcripción de una conversación');
  expect(text).toContain('Noor Haddad tomó la conversación.');
  expect(text).toMatch(/Página 1 de \d/);
});

test('goes over as many pages as it needs, each with its number, and no letter leaves the page', async () => {
  const many = Array.from({ length: 120 }, (_, i) =>
    line(i + 1, { text: `Message number ${i + 1}. ${'word '.repeat(i * 4)}` }),
  );
  const path = await written(transcript(many));
  const pages = textOf(path).split('\f').slice(0, -1);
  expect(pages.length).toBeGreaterThan(5);
  pages.forEach((page, i) => expect(page).toContain(`Page ${i + 1} of ${pages.length}`));
  expect(pages.join('')).toContain('Message number 120.');
  const boxes = execFileSync('pdftotext', ['-bbox', path, '-'], {
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  });
  for (const [, xMin, yMin, xMax, yMax] of boxes.matchAll(
    /xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">/g,
  )) {
    expect(Number(xMin)).toBeGreaterThan(50);
    expect(Number(xMax)).toBeLessThan(595.28 - 50);
    expect(Number(yMin)).toBeGreaterThan(50);
    expect(Number(yMax)).toBeLessThan(841.89 - 20);
  }
});

test('a conversation in which nothing was said is a page all the same', async () => {
  expect((await pdfOf(transcript([]))).length).toBeGreaterThan(1_000);
});
