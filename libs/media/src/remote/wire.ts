import type { MediaStatus, TransportStats } from '@app/consult';
import { z } from 'zod';
import {
  iceCandidate,
  kind,
  rtpCapabilities,
  rtpParameters,
  dtlsParameters,
  iceParameters,
} from './rtp-shapes';

/** The path of a media node's socket. */
export const SOCKET_PATH = '/media';

/**
 * Largest body of a frame, in bytes of JSON. A page's frame has 64 KiB at most (docs/PROTOCOL.md); written again on its
 * way to the node its numbers may be longer.
 */
export const MAX_BODY = 128 * 1024;

/** Largest frame: a body and what Socket.IO writes around it. Whoever sends a larger one is cut off. */
export const MAX_FRAME = MAX_BODY + 1024;

const id = z.uuid();
const room = { roomId: id };
const transport = { ...room, transportId: id };
const producer = { ...transport, producerId: id };
const consumer = { ...transport, consumerId: id };
const direction = z.enum(['send', 'recv']);
const count = z.number().min(0);
const nothing = z.object({});

const stats = z.object({
  direction,
  connected: z.boolean(),
  protocol: z.enum(['udp', 'tcp']).exactOptional(),
  bytesReceived: count,
  bytesSent: count,
  lossReceived: count.exactOptional(),
  lossSent: count.exactOptional(),
}) satisfies z.ZodType<TransportStats>;

/**
 * Every frame that an api process sends to a media node, and its answer. A frame names the whole way to what it is
 * about, and the node looks only among what was opened over the same connection. Whoever opens a room names it: when
 * the answer is lost, there is still a name to close.
 */
export const CALLS = {
  'room.open': { ask: z.strictObject(room), answer: z.object({ rtpCapabilities }) },
  'room.close': { ask: z.strictObject(room), answer: nothing },
  'transport.open': {
    ask: z.strictObject({ ...room, direction }),
    answer: z.object({
      id,
      iceParameters,
      iceCandidates: z.array(iceCandidate).max(16).readonly(),
      dtlsParameters,
    }),
  },
  'transport.connect': { ask: z.strictObject({ ...transport, dtlsParameters }), answer: nothing },
  'transport.restart-ice': { ask: z.strictObject(transport), answer: z.object({ iceParameters }) },
  'transport.stats': { ask: z.strictObject(transport), answer: z.object({ stats }) },
  'transport.close': { ask: z.strictObject(transport), answer: nothing },
  produce: {
    ask: z.strictObject({ ...transport, kind, rtpParameters, paused: z.boolean() }),
    answer: z.object({ id }),
  },
  'producer.pause': { ask: z.strictObject(producer), answer: nothing },
  'producer.resume': { ask: z.strictObject(producer), answer: nothing },
  'producer.close': { ask: z.strictObject(producer), answer: nothing },
  consume: {
    ask: z.strictObject({ ...producer, rtpCapabilities }),
    answer: z.object({ consumer: z.object({ id, kind, rtpParameters }).exactOptional() }),
  },
  'consumer.resume': { ask: z.strictObject(consumer), answer: nothing },
  'consumer.close': { ask: z.strictObject(consumer), answer: nothing },
} as const;

export type CallName = keyof typeof CALLS;
export type Ask<Name extends CallName> = z.output<(typeof CALLS)[Name]['ask']>;
export type Answer<Name extends CallName> = z.output<(typeof CALLS)[Name]['answer']>;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(CALLS, name);
}

/** The codes that a media router throws; everything else that goes wrong on a node is VIDEO_UNAVAILABLE to others. */
export const CODES = ['INPUT_MALFORMED', 'STEP_NOT_ALLOWED', 'VIDEO_UNAVAILABLE'] as const;

/** How a node answers a frame. */
export const Reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.enum(CODES), message: z.string().max(200) }) }),
]);
export type Reply = z.input<typeof Reply>;

/** What a node tells by itself: `status` when a connection is accepted and at each change, `room.lost` once a room. */
export const StatusTold = z.object({
  status: z.enum(['preparing', 'ready', 'unavailable']) satisfies z.ZodType<MediaStatus>,
});
export const RoomLostTold = z.object(room);
