export { MediasoupRouter } from './mediasoup-router';
export { type MediaOptions, workersFor } from './options';
export type { MediaLog } from './worker-log';
