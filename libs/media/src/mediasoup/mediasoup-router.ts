import type {
  Direction,
  MediaRoom,
  MediaRouter,
  MediaStatus,
  MediaTransport,
  RtpCapabilities,
} from '@app/consult';
import { setLogEventListeners, type types } from 'mediasoup';
import { MediasoupTransport } from './mediasoup-transport';
import type { MediaOptions } from '../options';
import { unavailable } from '../unavailable';
import { MEDIA_CODECS } from './rtp';
import { type MediaLog, WorkerLog } from './worker-log';
import { type Lane, WorkerPool } from './worker-pool';

/** ICE consent, in seconds: a peer that answers no check for this long is gone (RFC 7675, section 5.1, has 30 s). */
const ICE_CONSENT_S = 30;
const FIRST_BITRATE_OUT = 1_000_000;
/** A camera in three layers is 2.15 Mbit/s, a screen 2.5. */
const MAX_BITRATE_IN = 5_000_000;

/** The media router made of mediasoup. One at a time in a process: mediasoup's log listeners are global. */
export class MediasoupRouter implements MediaRouter {
  private readonly pool: WorkerPool;
  private readonly log: WorkerLog;

  constructor(options: MediaOptions, log: MediaLog) {
    this.log = new WorkerLog(log);
    setLogEventListeners({
      onwarn: (namespace, line) => this.log.warn(`${namespace} ${line}`),
      onerror: (namespace, line) => this.log.error(`${namespace} ${line}`),
    });
    this.pool = new WorkerPool(options);
  }

  get status(): MediaStatus {
    return this.pool.status;
  }

  /** What an operator may watch. `replays`: lines of the workers' logs that mean nothing, see WorkerLog. */
  get counters(): { replays: number; workerPids: number[] } {
    return { replays: this.log.replays, workerPids: this.pool.pids };
  }

  onStatus(listener: (status: MediaStatus) => void): () => void {
    return this.pool.onStatus(listener);
  }

  /** Returns when the media can be used. Rejects when `signal` says that nobody waits any more. */
  async whenReady(signal: AbortSignal): Promise<void> {
    if (this.status === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      const stop = this.onStatus((status) => {
        if (status !== 'ready') return;
        stop();
        resolve();
      });
      signal.addEventListener('abort', () => {
        stop();
        reject(unavailable(signal.reason));
      });
    });
  }

  async openRoom(): Promise<MediaRoom> {
    const lane = await this.pool.acquire();
    // Counted before it is made, so that rooms asked for together do not all choose the same worker.
    lane.rooms++;
    try {
      return new MediasoupRoom(
        lane,
        await lane.worker.createRouter({ mediaCodecs: MEDIA_CODECS, appData: {} }),
      );
    } catch (cause) {
      lane.rooms--;
      throw unavailable(cause);
    }
  }

  /** Ends the workers, and every room with them. Returns when their processes are gone. */
  async close(): Promise<void> {
    await this.pool.close();
    setLogEventListeners({});
  }
}

class MediasoupRoom implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;

  constructor(
    private readonly lane: Lane,
    private readonly router: types.Router,
  ) {
    const { codecs, headerExtensions } = router.rtpCapabilities;
    this.rtpCapabilities = {
      codecs: (codecs ?? []).map((codec) => ({
        kind: codec.kind,
        mimeType: codec.mimeType,
        // mediasoup numbers the codecs of a router when it makes one.
        preferredPayloadType: codec.preferredPayloadType ?? 0,
        clockRate: codec.clockRate,
        ...(codec.channels === undefined ? {} : { channels: codec.channels }),
        parameters: (codec.parameters ?? {}) as Record<string, string | number | boolean>,
        rtcpFeedback: codec.rtcpFeedback ?? [],
      })),
      headerExtensions: headerExtensions ?? [],
    };
    router.observer.once('close', () => this.lane.rooms--);
  }

  async openTransport(direction: Direction): Promise<MediaTransport> {
    if (this.router.closed) throw unavailable();
    try {
      const transport = await this.router.createWebRtcTransport({
        webRtcServer: this.lane.server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        preferTcp: false,
        iceConsentTimeout: ICE_CONSENT_S,
        initialAvailableOutgoingBitrate: FIRST_BITRATE_OUT,
        enableSctp: false,
        appData: {},
      });
      if (direction === 'send') await transport.setMaxIncomingBitrate(MAX_BITRATE_IN);
      return new MediasoupTransport(this.router, transport, direction);
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  onLost(listener: () => void): void {
    this.router.on('workerclose', () => {
      if (this.lane.worker.died) listener();
    });
  }

  close(): void {
    this.router.close();
  }
}
