import { FakeMediaRouter } from './fake-media-router';
import { mediaRouterContract } from './media-router.contract';

mediaRouterContract('the fake', async () => {
  const router = new FakeMediaRouter();
  return { router, killMedia: () => router.die(), close: () => undefined };
});
