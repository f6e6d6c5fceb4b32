import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from '@app/consult';
import { z } from 'zod';

/**
 * The values of the media router's port, as shapes for the way between two processes. Pages' own were judged by the
 * consult already; here everything is bounded, and what the port does not name is dropped.
 */
const MAX_LISTED = 64;
const listed = <T extends z.ZodType>(of: T) => z.array(of).max(MAX_LISTED).readonly();
const word = z.string().max(256);
const byte = z.int().min(0).max(255);
const uint32 = z.int().min(0).max(0xffff_ffff);

export const kind = z.enum(['audio', 'video']) satisfies z.ZodType<MediaKind>;

const codec = {
  mimeType: word,
  clockRate: uint32,
  channels: byte.exactOptional(),
  parameters: z
    .record(word, z.union([word, z.number(), z.boolean()]))
    .refine((values) => Object.keys(values).length <= MAX_LISTED)
    .exactOptional(),
  rtcpFeedback: listed(z.object({ type: word, parameter: word.exactOptional() })).exactOptional(),
};

export const rtpCapabilities = z.object({
  codecs: listed(z.object({ kind, preferredPayloadType: byte, ...codec })),
  headerExtensions: listed(
    z.object({
      kind,
      uri: word,
      preferredId: byte,
      preferredEncrypt: z.boolean().exactOptional(),
      direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
    }),
  ),
}) satisfies z.ZodType<RtpCapabilities>;

export const rtpParameters = z.object({
  mid: word.exactOptional(),
  codecs: listed(z.object({ payloadType: byte, ...codec })),
  headerExtensions: listed(z.object({ uri: word, id: byte, encrypt: z.boolean().exactOptional() })),
  encodings: listed(
    z.object({
      ssrc: uint32.exactOptional(),
      rid: word.exactOptional(),
      codecPayloadType: byte.exactOptional(),
      rtx: z.object({ ssrc: uint32 }).exactOptional(),
      dtx: z.boolean().exactOptional(),
      scalabilityMode: word.exactOptional(),
      maxBitrate: uint32.exactOptional(),
    }),
  ),
  rtcp: z.object({ cname: word.exactOptional(), reducedSize: z.boolean().exactOptional() }),
}) satisfies z.ZodType<RtpParameters>;

export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).exactOptional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: word,
      }),
    )
    .min(1)
    .max(8)
    .readonly(),
}) satisfies z.ZodType<DtlsParameters>;

export const iceParameters = z.object({
  usernameFragment: word,
  password: word,
  iceLite: z.boolean().exactOptional(),
}) satisfies z.ZodType<IceParameters>;

export const iceCandidate = z.object({
  foundation: word,
  priority: uint32,
  address: word,
  protocol: z.enum(['udp', 'tcp']),
  port: z.int().min(0).max(65_535),
  type: z.literal('host'),
  tcpType: z.literal('passive').exactOptional(),
}) satisfies z.ZodType<IceCandidate>;
