import { newId } from '@app/kernel';
import type { MediaRoom, MediaRouter, MediaStatus } from '@app/consult';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaLog } from '../mediasoup/worker-log';
import { unavailable } from '../unavailable';
import { NodeLink } from './node-link';
import { RemoteRoom, RoomLine } from './remote-room';

/** Pause before the nth attempt in a row to reach the node, in ms. */
const BACKOFF_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000];

/** How long somebody who wants a room waits for a node that is being reached again. */
const LINK_MS = 3_000;

/** Where a media node is, and what it wants to hear. */
export interface MediaNode {
  /** `ws://` or `wss://`, host and port. */
  readonly url: string;
  readonly secret: string;
}

/**
 * The media router of another process: a media node served by `MediaRouterServer`. When the connection breaks, every
 * room is lost and the node is reached again, for ever.
 */
export class RemoteMediaRouter implements MediaRouter {
  private readonly events = new EventEmitter<{ status: [MediaStatus]; link: [] }>().setMaxListeners(0);
  private readonly stop = new AbortController();
  private readonly lines = new Map<string, RoomLine>();
  private readonly keeper: Promise<void>;
  private link: NodeLink | undefined;
  private current: MediaStatus = 'preparing';

  constructor(
    private readonly node: MediaNode,
    private readonly log: MediaLog,
  ) {
    this.keeper = this.keep();
  }

  get status(): MediaStatus {
    return this.current;
  }

  onStatus(listener: (status: MediaStatus) => void): () => void {
    this.events.on('status', listener);
    return () => this.events.off('status', listener);
  }

  async openRoom(): Promise<MediaRoom> {
    const link = await this.linkSoon();
    const line = new RoomLine(link, newId<string>(), () => this.lines.delete(line.roomId));
    // Known before it is asked for: it can be lost as soon as it stands.
    this.lines.set(line.roomId, line);
    try {
      const { rtpCapabilities } = await line.call('room.open', { roomId: line.roomId });
      return new RemoteRoom(line, rtpCapabilities);
    } catch (error) {
      // It may stand there, if only the answer was lost.
      line.close();
      throw error;
    }
  }

  /** Ends the connection; the node closes every room that was opened over it. */
  async close(): Promise<void> {
    this.stop.abort();
    for (const line of [...this.lines.values()]) line.close();
    this.link?.close();
    this.link = undefined;
    await this.keeper;
    this.setStatus('unavailable');
  }

  private async linkSoon(): Promise<NodeLink> {
    const signal = AbortSignal.any([AbortSignal.timeout(LINK_MS), this.stop.signal]);
    if (this.link === undefined) await once(this.events, 'link', { signal }).catch(() => undefined);
    if (this.link === undefined) throw unavailable();
    return this.link;
  }

  /** Keeps a connection until `close`. Why there is none is told once for each reason. */
  private async keep(): Promise<void> {
    const { signal } = this.stop;
    let failures = 0;
    let reason = '';
    while (!signal.aborted) {
      try {
        await sleep(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)], undefined, { signal });
        const { gone } = await this.connect();
        failures = 0;
        reason = '';
        await gone;
        if (!signal.aborted) this.log.error('The connection to the media node is gone.');
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        const now = error instanceof Error ? error.message : 'unknown';
        if (now !== reason) this.log.error(`The media node cannot be reached: ${now}`);
        reason = now;
        this.setStatus('unavailable');
      }
    }
  }

  /** Returns when there is a connection; `gone` resolves when there is none any more. */
  private async connect(): Promise<{ gone: Promise<void> }> {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    this.stop.signal.addEventListener('abort', () => resolve(), { once: true });
    const link = await NodeLink.connect(this.node, {
      onStatus: (status) => this.setStatus(status),
      onRoomLost: (roomId) => this.lines.get(roomId)?.lose(),
      onGone: () => {
        this.link = undefined;
        this.setStatus('unavailable');
        for (const line of [...this.lines.values()]) line.lose();
        resolve();
      },
    });
    if (this.stop.signal.aborted) link.close();
    else this.link = link;
    this.events.emit('link');
    return { gone };
  }

  private setStatus(status: MediaStatus): void {
    if (status === this.current) return;
    this.current = status;
    this.events.emit('status', status);
  }
}
