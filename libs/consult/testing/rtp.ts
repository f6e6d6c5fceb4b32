import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../src/media-router';

const MID = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 };
const RID = { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 };
const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }];

/** What a browser that knows Opus and VP8 can receive. */
export function browserCapabilities(): RtpCapabilities {
  return {
    codecs: [
      { kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
      {
        kind: 'video',
        mimeType: 'video/VP8',
        preferredPayloadType: 101,
        clockRate: 90_000,
        rtcpFeedback: feedback,
      },
      {
        kind: 'video',
        mimeType: 'video/rtx',
        preferredPayloadType: 102,
        clockRate: 90_000,
        parameters: { apt: 101 },
      },
    ],
    headerExtensions: [
      { kind: 'audio', uri: MID.uri, preferredId: MID.id },
      { kind: 'video', uri: MID.uri, preferredId: MID.id },
    ],
  };
}

/** What a browser says of a microphone that it sends. Each call is of another track. */
export function aMicrophone(mid = '0'): RtpParameters {
  return {
    mid,
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1 },
      },
    ],
    headerExtensions: [MID],
    encodings: [{ ssrc: 11_111_111 + Number(mid) }],
    rtcp: { cname: 'mic', reducedSize: true },
  };
}

/** What a browser says of a camera that it sends in three layers. */
export function aCamera(mid = '1'): RtpParameters {
  return {
    mid,
    codecs: [
      { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, rtcpFeedback: feedback },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    headerExtensions: [MID, RID],
    encodings: [{ rid: 'r0' }, { rid: 'r1' }, { rid: 'r2' }],
    rtcp: { cname: 'cam', reducedSize: true },
  };
}

export function aFingerprint(): DtlsParameters {
  const value = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':');
  return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
}
