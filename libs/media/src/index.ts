export { MediasoupRouter } from './mediasoup/mediasoup-router';
export type { MediaLog } from './mediasoup/worker-log';
export { type MediaOptions, workersFor } from './options';
export { type MediaNode, RemoteMediaRouter } from './remote/remote-router';
export { MediaRouterServer } from './remote/router-server';
