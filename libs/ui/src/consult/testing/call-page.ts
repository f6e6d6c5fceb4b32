/**
 * A page with nothing but a call, for the test of the whole way from one browser to another. `window.call` is what the
 * test presses and reads.
 */
import { ConsultClient } from '../consult-client';
import type { ConsultEndedBy, ConsultError, ConsultPeer, ConsultState, ConsultStats } from '../consult-types';

const who = new URLSearchParams(location.search).get('who') ?? '';
const states: string[] = [];
const remote: Record<string, 'on' | 'paused'> = {};
const errors: string[] = [];
let peers: readonly ConsultPeer[] = [];
let local: MediaStream | undefined;

async function ticket(): Promise<{ ticket: string; iceServers: RTCIceServer[] }> {
  const response = await fetch(`/ticket?who=${who}`, { method: 'POST' });
  const answer = (await response.json()) as { ticket: string; error?: { code: string; message: string } };
  if (answer.error !== undefined)
    throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
  return { ticket: answer.ticket, iceServers: [] };
}

const consult = new ConsultClient({
  ticket,
  events: {
    onState: (state: ConsultState, endedBy?: ConsultEndedBy) =>
      states.push(endedBy === undefined ? state : `${state} by ${endedBy}`),
    onPeers: (now) => (peers = now),
    onRemoteTrack: (peerId, source, track) => {
      const id = `${peerId} ${source}`;
      document.getElementById(id)?.remove();
      delete remote[id];
      if (track === null) return;
      remote[id] = 'on';
      const element = document.createElement(track.kind === 'audio' ? 'audio' : 'video');
      element.id = id;
      element.autoplay = true;
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
    },
    onRemotePaused: (peerId, source, paused) => (remote[`${peerId} ${source}`] = paused ? 'paused' : 'on'),
    onLocalEnded: () => undefined,
    onError: (error: ConsultError) => errors.push(`${error.code} ${error.message}`),
  },
});

const call = {
  async start(): Promise<string> {
    try {
      await consult.connect();
    } catch (error) {
      return (error as ConsultError).code;
    }
    local = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    const [mic] = local.getAudioTracks();
    const [webcam] = local.getVideoTracks();
    if (mic !== undefined) await consult.publish('mic', mic);
    if (webcam !== undefined) await consult.publish('webcam', webcam);
    return 'started';
  },
  async share(): Promise<void> {
    const canvas = document.createElement('canvas');
    const drawing = canvas.getContext('2d');
    setInterval(() => drawing?.fillRect(Math.random() * 300, Math.random() * 150, 20, 20), 50);
    const [track] = canvas.captureStream(10).getVideoTracks();
    if (track !== undefined) await consult.publish('screen', track);
  },
  consult,
  read: async (): Promise<{
    states: string[];
    peers: readonly ConsultPeer[];
    remote: typeof remote;
    errors: string[];
    stats: ConsultStats;
  }> => ({ states, peers, remote, errors, stats: await consult.stats() }),
};

declare global {
  interface Window {
    call: typeof call;
  }
}
window.call = call;
