import { AppError } from '@app/kernel';
import { z } from 'zod';

/** Most entries of a list in capabilities and RTP parameters. A browser of 2026 sends about 30 codecs. */
const MAX_LISTED = 50;

/** VP8 simulcast has three layers at most; the media server itself would take any number. */
const MAX_VIDEO_ENCODINGS = 3;

const id = z.uuid();
const kind = z.enum(['audio', 'video']);
const byte = z.int().min(0).max(255);
const uint32 = z.int().min(0).max(0xffff_ffff);
const token = (max: number) => z.string().min(1).max(max);

/** Where a peer's sound or picture comes from. */
export type Source = 'mic' | 'webcam' | 'screen';
export const SOURCE_KIND: Readonly<Record<Source, 'audio' | 'video'>> = {
  mic: 'audio',
  webcam: 'video',
  screen: 'video',
};

const codecParameters = z
  .record(token(64), z.union([z.string().max(256), z.number(), z.boolean()]))
  .refine((values) => Object.keys(values).length <= MAX_LISTED);
const rtcpFeedback = z
  .array(z.strictObject({ type: token(32), parameter: z.string().max(32).exactOptional() }))
  .max(MAX_LISTED);
const codec = {
  mimeType: z
    .string()
    .max(64)
    .regex(/^(audio|video)\/[\w.+-]+$/),
  clockRate: z.int().min(1).max(1_000_000),
  channels: z.int().min(1).max(8).exactOptional(),
  parameters: codecParameters.exactOptional(),
  rtcpFeedback: rtcpFeedback.exactOptional(),
};

const rtpCapabilities = z.strictObject({
  codecs: z
    .array(z.strictObject({ kind, preferredPayloadType: byte, ...codec }))
    .min(1)
    .max(MAX_LISTED),
  headerExtensions: z
    .array(
      z.strictObject({
        kind,
        uri: token(256),
        preferredId: byte,
        preferredEncrypt: z.boolean().exactOptional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
      }),
    )
    .max(MAX_LISTED),
});

const encoding = z.strictObject({
  ssrc: uint32.exactOptional(),
  rid: z
    .string()
    .regex(/^[A-Za-z0-9]{1,16}$/)
    .exactOptional(),
  codecPayloadType: byte.exactOptional(),
  rtx: z.strictObject({ ssrc: uint32 }).exactOptional(),
  dtx: z.boolean().exactOptional(),
  scalabilityMode: token(16).exactOptional(),
  maxBitrate: z.int().min(0).max(100_000_000).exactOptional(),
  // The rest steers the browser that sends it; a page's library puts it here, and the media server is not told.
  active: z.boolean().exactOptional(),
  scaleResolutionDownBy: z.number().min(1).max(64).exactOptional(),
  maxFramerate: z.number().min(0).max(1_000).exactOptional(),
  adaptivePtime: z.boolean().exactOptional(),
  priority: token(16).exactOptional(),
  networkPriority: token(16).exactOptional(),
});

const rtpParameters = z.strictObject({
  mid: token(32).exactOptional(),
  codecs: z
    .array(z.strictObject({ payloadType: byte, ...codec }))
    .min(1)
    .max(MAX_LISTED),
  headerExtensions: z
    .array(
      z.strictObject({
        uri: token(256),
        id: byte,
        encrypt: z.boolean().exactOptional(),
        parameters: z.strictObject({}).exactOptional(),
      }),
    )
    .max(MAX_LISTED),
  encodings: z.array(encoding).min(1).max(MAX_VIDEO_ENCODINGS),
  rtcp: z.strictObject({
    cname: z.string().max(256).exactOptional(),
    reducedSize: z.boolean().exactOptional(),
    mux: z.boolean().exactOptional(),
  }),
  msid: z.string().max(256).exactOptional(),
});

/** RFC 8122, section 5: hex pairs and colons. SHA-1 and SHA-224 are refused. */
const fingerprint = z
  .strictObject({
    algorithm: z.enum(['sha-256', 'sha-384', 'sha-512']),
    value: z.string().regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31,63}$/),
  })
  .refine(({ algorithm, value }) => (value.length + 1) / 3 === Number(algorithm.slice(4)) / 8);

const dtlsParameters = z.strictObject({
  role: z.enum(['auto', 'client', 'server']).exactOptional(),
  fingerprints: z.array(fingerprint).min(1).max(4),
});

/** Every frame that a page may send on `/consult`, by its name. docs/PROTOCOL.md, "The consult socket". */
export const FRAMES = {
  capabilities: z.strictObject({}),
  'transport.create': z.strictObject({ direction: z.enum(['send', 'recv']) }),
  'transport.connect': z.strictObject({ transportId: id, dtlsParameters }),
  'transport.restart-ice': z.strictObject({ transportId: id }),
  join: z.strictObject({ rtpCapabilities }),
  produce: z
    .strictObject({
      transportId: id,
      kind,
      source: z.enum(['mic', 'webcam', 'screen']),
      rtpParameters,
      paused: z.boolean().default(false),
    })
    .refine((body) => body.kind === SOURCE_KIND[body.source], 'this source is of the other kind')
    .refine(
      (body) => body.kind === 'video' || body.rtpParameters.encodings.length === 1,
      'sound has one encoding',
    ),
  'producer.pause': z.strictObject({ producerId: id }),
  'producer.resume': z.strictObject({ producerId: id }),
  'producer.close': z.strictObject({ producerId: id }),
  stats: z.strictObject({}),
} as const;

export type FrameName = keyof typeof FRAMES;
export type Frame<Name extends FrameName> = z.output<(typeof FRAMES)[Name]>;

/** Whether there is a frame of this name. */
export function isFrameName(name: string): name is FrameName {
  return Object.hasOwn(FRAMES, name);
}

/** Returns the body of a frame. Throws INPUT_MALFORMED; nothing of the body is repeated in the error. */
export function parseFrame<Name extends FrameName>(name: Name, body: unknown): Frame<Name> {
  const parsed = FRAMES[name].safeParse(body);
  if (!parsed.success)
    throw new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.');
  return parsed.data as Frame<Name>;
}

const checks = z.strictObject({
  camera: z.enum(['ok', 'off', 'refused', 'missing']),
  microphone: z.enum(['ok', 'off', 'refused', 'missing']),
  sound: z.enum(['heard', 'not-heard']),
});

/** What a client's device check found. */
export type Checks = z.output<typeof checks>;

/** Returns the body of `consult/ready`. Throws INPUT_MALFORMED. */
export function parseChecks(body: unknown): Checks {
  const parsed = checks.safeParse(body);
  if (!parsed.success) throw new AppError('INPUT_MALFORMED', 'The device check could not be read.');
  return parsed.data;
}
