import type { DtlsParameters, RtpCapabilities, RtpParameters } from '@app/consult';
import type { types } from 'mediasoup';

/**
 * What every room speaks: Opus and VP8, which every browser has (RFC 7874, section 3; RFC 7742, section 5). H264 and
 * AV1 are left out: one codec is one parser that faces the network.
 */
export const MEDIA_CODECS: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  {
    kind: 'video',
    mimeType: 'video/VP8',
    clockRate: 90_000,
    parameters: { 'x-google-start-bitrate': 1_000 },
  },
];

type Uri = types.RtpHeaderExtensionUri;

/** Copied field by field: what a page sends is never passed on as it came. */
export function toRtpParameters(given: RtpParameters): types.RtpParameters {
  return {
    ...(given.mid === undefined ? {} : { mid: given.mid }),
    codecs: given.codecs.map((codec) => ({
      mimeType: codec.mimeType,
      payloadType: codec.payloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: { ...codec.parameters },
      rtcpFeedback: (codec.rtcpFeedback ?? []).map((feedback) => ({ ...feedback })),
    })),
    headerExtensions: given.headerExtensions.map(({ uri, id, encrypt }) => ({
      uri: uri as Uri,
      id,
      encrypt: encrypt ?? false,
    })),
    encodings: given.encodings.map((encoding) => ({
      ...(encoding.ssrc === undefined ? {} : { ssrc: encoding.ssrc }),
      ...(encoding.rid === undefined ? {} : { rid: encoding.rid }),
      ...(encoding.codecPayloadType === undefined ? {} : { codecPayloadType: encoding.codecPayloadType }),
      ...(encoding.rtx === undefined ? {} : { rtx: { ssrc: encoding.rtx.ssrc } }),
      ...(encoding.dtx === undefined ? {} : { dtx: encoding.dtx }),
      ...(encoding.scalabilityMode === undefined ? {} : { scalabilityMode: encoding.scalabilityMode }),
      ...(encoding.maxBitrate === undefined ? {} : { maxBitrate: encoding.maxBitrate }),
    })),
    rtcp: {
      ...(given.rtcp.cname === undefined ? {} : { cname: given.rtcp.cname }),
      reducedSize: given.rtcp.reducedSize ?? true,
    },
  };
}

export function toRtpCapabilities(given: RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: given.codecs.map((codec) => ({
      kind: codec.kind,
      mimeType: codec.mimeType,
      preferredPayloadType: codec.preferredPayloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: { ...codec.parameters },
      rtcpFeedback: (codec.rtcpFeedback ?? []).map((feedback) => ({ ...feedback })),
    })),
    headerExtensions: given.headerExtensions.map((extension) => ({
      kind: extension.kind,
      uri: extension.uri as Uri,
      preferredId: extension.preferredId,
      preferredEncrypt: extension.preferredEncrypt ?? false,
      direction: extension.direction ?? 'sendrecv',
    })),
  };
}

export function toDtlsParameters(given: DtlsParameters): types.DtlsParameters {
  return {
    role: given.role ?? 'auto',
    fingerprints: given.fingerprints.map(({ algorithm, value }) => ({ algorithm, value })),
  };
}
