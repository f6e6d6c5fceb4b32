export { FakeMediaRouter } from './fake-media-router';
export { mediaRouterContract, type MediaRouterUnderTest } from './media-router.contract';
export { aCamera, aFingerprint, aMicrophone, browserCapabilities } from './rtp';
