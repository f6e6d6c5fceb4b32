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
