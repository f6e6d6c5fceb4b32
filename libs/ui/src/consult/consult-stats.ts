import type { ConsultStats } from './consult-types';

/** The fields of the browser's reports that are read here (W3C webrtc-stats; not all are in TypeScript's own types). */
interface Row {
  readonly type: string;
  readonly kind?: string;
  readonly framesEncoded?: number;
  readonly framesDecoded?: number;
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly freezeCount?: number;
  readonly srtpCipher?: string;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
  readonly localCandidateId?: string;
  readonly protocol?: string;
}

/** Returns the totals over the reports of all transports. */
export function addUp(reports: readonly RTCStatsReport[]): ConsultStats {
  const rows: Row[] = [];
  const byId = new Map<string, Row>();
  for (const report of reports) {
    report.forEach((row: Row, id: string) => {
      rows.push(row);
      byId.set(id, row);
    });
  }
  const sum = (type: string, kind: string, pick: (row: Row) => number | undefined): number =>
    rows.reduce(
      (total, row) => (row.type === type && row.kind === kind ? total + (pick(row) ?? 0) : total),
      0,
    );
  const route = rows.find((row) => row.type === 'candidate-pair' && row.nominated === true);
  const protocol = byId.get(route?.localCandidateId ?? '')?.protocol;
  const srtpCipher = rows.find((row) => row.type === 'transport' && row.srtpCipher !== undefined)?.srtpCipher;
  return {
    framesSent: sum('outbound-rtp', 'video', (row) => row.framesEncoded),
    framesReceived: sum('inbound-rtp', 'video', (row) => row.framesDecoded),
    audioPacketsSent: sum('outbound-rtp', 'audio', (row) => row.packetsSent),
    audioPacketsReceived: sum('inbound-rtp', 'audio', (row) => row.packetsReceived),
    freezes: sum('inbound-rtp', 'video', (row) => row.freezeCount),
    packetsLost:
      sum('inbound-rtp', 'video', (row) => row.packetsLost) +
      sum('inbound-rtp', 'audio', (row) => row.packetsLost),
    ...(route?.currentRoundTripTime === undefined
      ? {}
      : { roundTripTimeMs: route.currentRoundTripTime * 1_000 }),
    ...(protocol === 'udp' || protocol === 'tcp' ? { protocol } : {}),
    ...(srtpCipher === undefined ? {} : { srtpCipher }),
  };
}
