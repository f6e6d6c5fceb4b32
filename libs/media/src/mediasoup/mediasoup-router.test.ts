import { mediaRouterContract } from '@app/consult/testing';
import { workerBin } from '../../testing/worker-bin';
import { MediasoupRouter } from './mediasoup-router';

const quiet = { warn: () => undefined, error: () => undefined };
const local = { listenIp: '127.0.0.1', port: 0, workers: 1 };

mediaRouterContract('mediasoup', async () => {
  const router = new MediasoupRouter({ ...local, workerBin: workerBin() }, quiet);
  await router.whenReady(AbortSignal.timeout(10_000));
  return {
    router,
    killMedia: () => {
      for (const pid of router.counters.workerPids) process.kill(pid, 'SIGKILL');
    },
    close: () => router.close(),
  };
});
