import { createHmac } from 'node:crypto';
import { iceServers } from './ice-servers';

const relay = { urls: ['turn:turn.example:3478'], secret: 'a secret that the relay knows as well' };
const now = new Date('2026-01-05T09:00:00.500Z');

test('without a relay there are no servers', () => {
  expect(iceServers(undefined, 'somebody', now)).toEqual([]);
});

test('credentials are the expiry and its HMAC, and end after an hour', () => {
  const [server] = iceServers(relay, 'somebody', now);
  const [expiry] = server?.username.split(':') ?? [];
  expect(Number(expiry)).toBe(Date.UTC(2026, 0, 5, 10) / 1_000);
  expect(server).toEqual({
    urls: relay.urls,
    username: server?.username,
    credential: createHmac('sha1', relay.secret)
      .update(server?.username ?? '')
      .digest('base64'),
  });
});

test('the name says nothing of the person, is theirs alone, and stays theirs', () => {
  const nameOf = (person: string, at = now) => iceServers(relay, person, at)[0]?.username.split(':')[1] ?? '';
  expect(nameOf('0190-a')).not.toContain('0190');
  expect(nameOf('0190-a')).not.toBe(nameOf('0190-b'));
  expect(nameOf('0190-a', new Date('2026-01-06T09:00:00Z'))).toBe(nameOf('0190-a'));
  expect(iceServers({ ...relay, secret: 'another' }, '0190-a', now)[0]?.username).not.toContain(
    nameOf('0190-a'),
  );
});
