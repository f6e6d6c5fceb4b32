import { readConfig } from './config';

const complete = {
  DATABASE_URL: 'postgres://owner@db/vestibule',
  VESTIBULE_HOME: '/srv/vestibule',
  VESTIBULE_SFU_WORKER: '/srv/worker',
};

test('every wrong variable is named at once, and no value is shown', () => {
  const read = () =>
    readConfig({
      DATABASE_URL: 'mysql://root:hunter2@db',
      VESTIBULE_HOME: 'here',
      PORT: '99999',
      VESTIBULE_DEMO: 'off',
      VESTIBULE_PASSPHRASE: 'short',
    });
  for (const name of [
    'DATABASE_URL',
    'VESTIBULE_HOME',
    'PORT',
    'VESTIBULE_PUBLIC_URL',
    'VESTIBULE_SMTP_URL',
    'VESTIBULE_SFU_WORKER',
    'VESTIBULE_PASSPHRASE',
  ])
    expect(read).toThrow(new RegExp(`^${name}: `, 'm'));
  expect(read).not.toThrow(/hunter2|99999|short/);
});

test('a demo needs a database, a home and a place for the worker, and nothing else', () => {
  expect(readConfig(complete)).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    demo: true,
    smtpUrl: undefined,
  });
});

test('an address with a path is not an origin', () => {
  expect(() => readConfig({ ...complete, VESTIBULE_PUBLIC_URL: 'https://a.example/intake' })).toThrow(
    /VESTIBULE_PUBLIC_URL/,
  );
});

test('a media node elsewhere needs its address and its secret, and no worker here', () => {
  const { VESTIBULE_SFU_WORKER: _, ...rest } = complete;
  const secret = 'thirty-two-characters-or-more-of-it';
  const node = { ...rest, VESTIBULE_SFU_URL: 'wss://media.example:7443/', VESTIBULE_SFU_SECRET: secret };
  expect(readConfig(node).media).toEqual({ url: 'wss://media.example:7443', secret });
  expect(() => readConfig({ ...node, VESTIBULE_SFU_SECRET: 'short' })).toThrow(/^VESTIBULE_SFU_SECRET: /m);
  for (const url of ['http://media.example', 'ws://media.example/?secret=1', 'ws://me:pass@media.example'])
    expect(() => readConfig({ ...node, VESTIBULE_SFU_URL: url })).toThrow(/^VESTIBULE_SFU_URL: /m);
});

test('a relay needs addresses and a secret; without addresses there is none', () => {
  const secret = 'thirty-two-characters-or-more-of-it';
  const turn = { VESTIBULE_TURN_URLS: 'turn:turn.example:3478?transport=udp, turns:turn.example' };
  expect(readConfig(complete).turn).toBeUndefined();
  expect(readConfig({ ...complete, ...turn, VESTIBULE_TURN_SECRET: secret }).turn).toEqual({
    urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example'],
    secret,
  });
  expect(() => readConfig({ ...complete, ...turn })).toThrow(/^VESTIBULE_TURN_SECRET: /m);
  for (const urls of [
    'stun:turn.example',
    'turn:turn.example,',
    'turn:me@turn.example',
    'turn:a?transport=sctp',
  ])
    expect(() =>
      readConfig({ ...complete, VESTIBULE_TURN_URLS: urls, VESTIBULE_TURN_SECRET: secret }),
    ).toThrow(/^VESTIBULE_TURN_URLS: /m);
});

test('witnesses have an address and a key each, and an authority has its certificates', () => {
  const vkey = 'witness.example/w1+aa4a09d1+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs';
  expect(readConfig(complete)).toMatchObject({ witnesses: [] });
  expect(readConfig(complete).tsa).toBeUndefined();
  const both = {
    ...complete,
    VESTIBULE_WITNESSES: `https://witness.example/w1/ ${vkey}`,
    VESTIBULE_TSA_URL: 'http://tsa.example/tsr',
    VESTIBULE_TSA_CA: '/srv/tsa.pem',
  };
  expect(readConfig(both)).toMatchObject({
    witnesses: [{ url: 'https://witness.example/w1', vkey }],
    tsa: { url: 'http://tsa.example/tsr', caFile: '/srv/tsa.pem' },
  });
  for (const given of [
    'https://witness.example',
    `ftp://witness.example ${vkey}`,
    `https://w.example ${vkey.replace('aa4a', 'aa4b')}`,
    `https://w.example ${vkey},https://w2.example ${vkey}`,
  ])
    expect(() => readConfig({ ...both, VESTIBULE_WITNESSES: given })).toThrow(/^VESTIBULE_WITNESSES: /m);
  expect(() => readConfig({ ...both, VESTIBULE_TSA_CA: 'tsa.pem' })).toThrow(/^VESTIBULE_TSA_CA: /m);
});
