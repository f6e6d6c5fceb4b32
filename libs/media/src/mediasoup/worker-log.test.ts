import { WorkerLog } from './worker-log';

test('replay lines are counted, every other line is passed on', () => {
  const lines: string[] = [];
  const log = new WorkerLog({ warn: (line) => lines.push(line), error: (line) => lines.push(line) });
  log.warn(
    '[pid:7] RTC::SrtpSession::EncryptRtp() | srtp_protect() failed: replay check failed (index too old)',
  );
  log.warn('[pid:7] RTC::DtlsTransport::Reset() | something else');
  log.error('worker process died unexpectedly');
  expect(log.replays).toBe(1);
  expect(lines).toEqual([
    '[pid:7] RTC::DtlsTransport::Reset() | something else',
    'worker process died unexpectedly',
  ]);
});
