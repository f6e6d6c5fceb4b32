import { AppError } from '@app/kernel';
import type { MediaConsumer, MediaProducer, MediaRoom, MediaTransport } from '@app/consult';
import { unavailable } from '../unavailable';
import { type Answer, type Ask, type CallName, CALLS, isCallName } from './wire';

interface HeldTransport {
  readonly transport: MediaTransport;
  readonly producers: Map<string, MediaProducer>;
  readonly consumers: Map<string, MediaConsumer>;
}

interface HeldRoom {
  /** Absent while it is being opened. */
  media: MediaRoom | undefined;
  readonly transports: Map<string, HeldTransport>;
}

/** What one connection has opened on a media node. Its frames reach this and nothing else. */
export class Holdings {
  private readonly rooms = new Map<string, HeldRoom>();

  /**
   * @param openRoom - as `MediaRouter.openRoom`.
   * @param onRoomGone - called when a room was closed (`lost` is false) or lost.
   */
  constructor(
    private readonly openRoom: () => Promise<MediaRoom>,
    private readonly onRoomGone: (roomId: string, lost: boolean) => void,
  ) {}

  /** How many rooms stand or are being opened. */
  get roomCount(): number {
    return this.rooms.size;
  }

  /**
   * Does what a frame asks and returns the answer's value. Throws AppError: INPUT_MALFORMED for a frame that cannot be,
   * VIDEO_UNAVAILABLE for what is not held here, and what the media router throws.
   */
  async handle(name: string, body: unknown): Promise<object> {
    if (!isCallName(name)) throw malformed();
    const ask = CALLS[name].ask.safeParse(body);
    if (!ask.success) throw malformed();
    const act = this.acts[name] as (ask: Ask<CallName>) => Promise<object>;
    return act(ask.data);
  }

  /** Closes everything, at once. */
  closeAll(): void {
    for (const roomId of [...this.rooms.keys()]) this.close(roomId);
  }

  /** Each begins without waiting for anything, so that frames are begun in the order in which they came. */
  private readonly acts: { readonly [Name in CallName]: (ask: Ask<Name>) => Promise<Answer<Name>> } = {
    'room.open': async ({ roomId }) => {
      if (this.rooms.has(roomId)) throw new AppError('STEP_NOT_ALLOWED', 'This room stands already.');
      const held: HeldRoom = { media: undefined, transports: new Map() };
      this.rooms.set(roomId, held);
      let media: MediaRoom;
      try {
        media = await this.openRoom();
      } catch (error) {
        this.forget(roomId, held, false);
        throw error;
      }
      if (this.rooms.get(roomId) !== held) {
        media.close();
        throw unavailable();
      }
      held.media = media;
      media.onLost(() => this.forget(roomId, held, true));
      return { rtpCapabilities: media.rtpCapabilities };
    },

    'room.close': async ({ roomId }) => {
      this.close(roomId);
      return {};
    },

    'transport.open': async ({ roomId, direction }) => {
      const { media, transports } = this.room(roomId);
      const transport = await media.openTransport(direction);
      transports.set(transport.id, { transport, producers: new Map(), consumers: new Map() });
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    },

    'transport.connect': async ({ roomId, transportId, dtlsParameters }) => {
      await this.transport(roomId, transportId).transport.connect(dtlsParameters);
      return {};
    },

    'transport.restart-ice': async ({ roomId, transportId }) => ({
      iceParameters: await this.transport(roomId, transportId).transport.restartIce(),
    }),

    'transport.stats': async ({ roomId, transportId }) => ({
      stats: await this.transport(roomId, transportId).transport.stats(),
    }),

    'transport.close': async ({ roomId, transportId }) => {
      const { transports } = this.room(roomId);
      transports.get(transportId)?.transport.close();
      transports.delete(transportId);
      return {};
    },

    produce: async ({ roomId, transportId, kind, rtpParameters, paused }) => {
      const { transport, producers } = this.transport(roomId, transportId);
      const producer = await transport.produce({ kind, rtpParameters, paused });
      producers.set(producer.id, producer);
      return { id: producer.id };
    },

    'producer.pause': async (ask) => {
      await this.producer(ask).pause();
      return {};
    },

    'producer.resume': async (ask) => {
      await this.producer(ask).resume();
      return {};
    },

    'producer.close': async (ask) => {
      this.producer(ask).close();
      this.transport(ask.roomId, ask.transportId).producers.delete(ask.producerId);
      return {};
    },

    consume: async ({ roomId, transportId, producerId, rtpCapabilities }) => {
      const { transport, consumers } = this.transport(roomId, transportId);
      const consumer = await transport.consume({ producerId, rtpCapabilities });
      if (consumer === undefined) return {};
      consumers.set(consumer.id, consumer);
      const { id, kind, rtpParameters } = consumer;
      return { consumer: { id, kind, rtpParameters } };
    },

    'consumer.resume': async (ask) => {
      await this.consumer(ask).resume();
      return {};
    },

    'consumer.close': async (ask) => {
      this.consumer(ask).close();
      this.transport(ask.roomId, ask.transportId).consumers.delete(ask.consumerId);
      return {};
    },
  };

  private close(roomId: string): void {
    const held = this.rooms.get(roomId);
    if (held === undefined) return;
    held.media?.close();
    this.forget(roomId, held, false);
  }

  private forget(roomId: string, held: HeldRoom, lost: boolean): void {
    if (this.rooms.get(roomId) !== held) return;
    this.rooms.delete(roomId);
    this.onRoomGone(roomId, lost);
  }

  private room(roomId: string): HeldRoom & { media: MediaRoom } {
    const held = this.rooms.get(roomId);
    if (held?.media === undefined) throw unavailable();
    return held as HeldRoom & { media: MediaRoom };
  }

  private transport(roomId: string, transportId: string): HeldTransport {
    const held = this.room(roomId).transports.get(transportId);
    if (held === undefined) throw unavailable();
    return held;
  }

  private producer(ask: Ask<'producer.pause'>): MediaProducer {
    const producer = this.transport(ask.roomId, ask.transportId).producers.get(ask.producerId);
    if (producer === undefined) throw unavailable();
    return producer;
  }

  private consumer(ask: Ask<'consumer.resume'>): MediaConsumer {
    const consumer = this.transport(ask.roomId, ask.transportId).consumers.get(ask.consumerId);
    if (consumer === undefined) throw unavailable();
    return consumer;
  }
}

function malformed(): AppError {
  return new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.');
}
