import { readConfig } from './config';

const complete = {
  VESTIBULE_SFU_WORKER: '/srv/worker',
  VESTIBULE_SFU_SECRET: 'thirty-two-characters-or-more-of-it',
};

test('every wrong variable is named at once, and no value is shown', () => {
  const read = () =>
    readConfig({
      VESTIBULE_SFU_SECRET: 'hunter2',
      PORT: '99999',
      VESTIBULE_MEDIA_PORT: 'twelve',
      VESTIBULE_MEDIA_WORKERS: '0',
    });
  for (const name of [
    'VESTIBULE_SFU_WORKER',
    'VESTIBULE_SFU_SECRET',
    'PORT',
    'VESTIBULE_MEDIA_PORT',
    'VESTIBULE_MEDIA_WORKERS',
  ])
    expect(read).toThrow(new RegExp(`^${name}: `, 'm'));
  expect(read).not.toThrow(/hunter2|99999|twelve/);
});

test('a worker and a secret are enough; what is empty counts as not there', () => {
  expect(readConfig({ ...complete, VESTIBULE_MEDIA_ADDRESS: '', PORT: '' })).toEqual({
    secret: complete.VESTIBULE_SFU_SECRET,
    host: '127.0.0.1',
    port: 7_400,
    media: { workerBin: '/srv/worker', listenIp: '127.0.0.1', port: 44_400, workers: 1 },
  });
});

test('what is given is taken', () => {
  const { media, port } = readConfig({
    ...complete,
    PORT: '0',
    VESTIBULE_MEDIA_IP: '0.0.0.0',
    VESTIBULE_MEDIA_ADDRESS: 'media.example',
    VESTIBULE_MEDIA_WORKERS: '4',
  });
  expect([port, media.listenIp, media.announcedAddress, media.workers]).toEqual([
    0,
    '0.0.0.0',
    'media.example',
    4,
  ]);
});
