import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addCheckpoint } from './witness-client';

const OFFER = { oldSize: 3, proof: [Buffer.alloc(32, 7)], note: 'a note\n' };
let server: Server;
let asked = '';
let act: (answer: ServerResponse) => void = () => undefined;
let url: string;

beforeAll(async () => {
  server = createServer((request, answer) => {
    asked = '';
    request.on('data', (chunk: Buffer) => (asked += chunk.toString()));
    request.on('end', () => act(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('a witness is asked in the words of tlog-witness', async () => {
  act = (answer) => void answer.writeHead(200).end('a line\n');
  expect(await addCheckpoint(url, OFFER, AbortSignal.timeout(2_000))).toEqual({
    kind: 'cosigned',
    lines: 'a line\n',
  });
  expect(asked).toBe(`old 3\n${Buffer.alloc(32, 7).toString('base64')}\n\na note\n`);
});

test.each<[string, object, (answer: ServerResponse) => void]>([
  ['no answer', { kind: 'failed', fault: 'timed-out' }, () => undefined],
  [
    'an answer without end',
    { kind: 'failed', fault: 'unreachable' },
    (answer) => void answer.writeHead(200).end('x'.repeat(50_000)),
  ],
  ['an error', { kind: 'failed', fault: 'http-500' }, (answer) => void answer.writeHead(500).end()],
  ['another log', { kind: 'failed', fault: 'unknown-log' }, (answer) => void answer.writeHead(404).end()],
  [
    'another address',
    { kind: 'failed', fault: 'unreachable' },
    (answer) => void answer.writeHead(307, { Location: '/x' }).end(),
  ],
  ['no size', { kind: 'failed', fault: 'bad-answer' }, (answer) => void answer.writeHead(409).end('many\n')],
  ['another size', { kind: 'stands-at', size: 9 }, (answer) => void answer.writeHead(409).end('9\n')],
  ['a fork of the same size', { kind: 'contradicted' }, (answer) => void answer.writeHead(409).end('3\n')],
  ['a proof that does not fit', { kind: 'contradicted' }, (answer) => void answer.writeHead(422).end()],
])('%s is told apart', async (_what, outcome, answerWith) => {
  act = answerWith;
  expect(await addCheckpoint(url, OFFER, AbortSignal.timeout(500))).toEqual(outcome);
});

test('a witness that is not there is unreachable', async () => {
  const offer = addCheckpoint('http://127.0.0.1:9', OFFER, AbortSignal.timeout(2_000));
  expect(await offer).toEqual({ kind: 'failed', fault: 'unreachable' });
});
