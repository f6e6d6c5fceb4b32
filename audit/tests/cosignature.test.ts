import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  cosign,
  cosignaturesIn,
  formatCheckpoint,
  formatCosignerVkey,
  formatVkey,
  type NoteKey,
  NoteRefused,
  parseCosignerVkey,
  signNote,
  verifyNote,
} from '@app/audit';

const keyFrom = (seed: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
const PRIVATE = keyFrom(7);
const KEY: NoteKey = { name: 'witness.example/w1', publicKey: createPublicKey(PRIVATE) };
const LOG: NoteKey = { name: 'a.log', publicKey: createPublicKey(keyFrom(1)) };
const TEXT = formatCheckpoint({ origin: LOG.name, size: 12, root: Buffer.alloc(32, 3) });
const LINE = cosign(TEXT, KEY.name, PRIVATE, 1_679_315_147);

test('a cosignature comes back with its time, and its line is a line of the note', () => {
  const found = cosignaturesIn(LINE, TEXT, [KEY]);
  expect(found).toEqual([{ name: KEY.name, seconds: 1_679_315_147, line: LINE.trimEnd() }]);
  const note = signNote(TEXT, LOG.name, keyFrom(1)) + LINE;
  expect(verifyNote(note, [LOG]).signedBy).toEqual([LOG.name]);
});

test('the blob is key id, time and signature, as the specification lays them out', () => {
  const blob = Buffer.from(LINE.split(' ')[2] ?? '', 'base64');
  expect(blob).toHaveLength(4 + 8 + 64);
  expect(blob.subarray(4, 12).toString('hex')).toBe('00000000641850cb');
  expect(formatCosignerVkey(KEY)).toContain(`+${blob.subarray(0, 4).toString('hex')}+B`);
});

test('the key of a witness is not taken for the key of a log', () => {
  expect(formatCosignerVkey(parseCosignerVkey(formatCosignerVkey(KEY)))).toBe(formatCosignerVkey(KEY));
  expect(() => parseCosignerVkey(formatVkey(KEY))).toThrow(NoteRefused);
});

test('lines of witnesses whom we do not know are ignored', () => {
  const stranger = cosign(TEXT, 'witness.example/w2', keyFrom(8), 1);
  expect(cosignaturesIn(stranger + LINE, TEXT, [KEY]).map(({ name }) => name)).toEqual([KEY.name]);
  expect(cosignaturesIn('', TEXT, [KEY])).toEqual([]);
});

test.each([
  ['of another checkpoint', cosign(TEXT.replace('12', '13'), KEY.name, PRIVATE, 1)],
  ['with another time', withByte(LINE, 11)],
  ['with a changed signature', withByte(LINE, 70)],
])('a cosignature %s is refused', (_what, line) => {
  expect(() => cosignaturesIn(line, TEXT, [KEY])).toThrow(NoteRefused);
});

function withByte(line: string, at: number): string {
  const [dash, name, base64] = line.trimEnd().split(' ');
  const blob = Buffer.from(base64 ?? '', 'base64');
  blob[at] = (blob[at] ?? 0) ^ 1;
  return `${dash} ${name} ${blob.toString('base64')}\n`;
}
