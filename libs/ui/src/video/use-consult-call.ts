import { useCallback, useEffect, useRef, useState } from 'react';
import type {
  ConsultClient,
  ConsultEndedBy,
  ConsultSource,
  ConsultState,
  ConsultStats,
  ConsultTicket,
} from '../consult';
import { capture, stopAll } from './capture';
import type { DeviceChoice } from './device-check';

export interface CallOptions {
  ticket: () => Promise<ConsultTicket>;
  /** What to open; both, when it is not known any more (after a reload). */
  devices?: DeviceChoice;
  onEnded: (by: ConsultEndedBy) => void;
}

/** The call as `VideoStage` shows it, and what its buttons do. */
export interface ConsultCall {
  state: ConsultState;
  otherName: string | undefined;
  /** Voice and face of the other side, in one stream so that they stay in step. */
  remote: MediaStream | null;
  remoteScreen: MediaStream | null;
  remoteMuted: boolean;
  remoteCameraOff: boolean;
  self: MediaStream | null;
  micOn: boolean;
  cameraOn: boolean;
  sharing: boolean;
  /** The system took the microphone or camera away (a phone call): a touch gets them back. */
  interrupted: boolean;
  toggleMic: () => void;
  toggleCamera: () => void;
  toggleShare: () => void;
  resume: () => void;
  leave: () => void;
  stats: () => Promise<ConsultStats | undefined>;
}

type Tracks = Partial<Record<ConsultSource, MediaStreamTrack>>;
const ANYTHING: DeviceChoice = { camera: true, microphone: true };

/** Opens the devices, joins, and keeps what the page shows of it. Leaves when the component goes. */
export function useConsultCall({ ticket, devices = ANYTHING, onEnded }: CallOptions): ConsultCall {
  const client = useRef<ConsultClient | undefined>(undefined);
  const latest = useRef({ ticket, onEnded });
  latest.current = { ticket, onEnded };
  const [state, setState] = useState<ConsultState>('connecting');
  const [otherName, setOtherName] = useState<string>();
  const [remote, setRemote] = useState<Tracks>({});
  const [paused, setPaused] = useState<Partial<Record<ConsultSource, boolean>>>({});
  const [own, setOwn] = useState<Tracks>({});
  const [off, setOff] = useState<Partial<Record<ConsultSource, boolean>>>({});
  const [interrupted, setInterrupted] = useState(false);
  const held = useRef<Tracks>({});

  const hold = useCallback((source: ConsultSource, track: MediaStreamTrack | undefined) => {
    if (held.current[source] !== track) held.current[source]?.stop();
    const { [source]: _, ...rest } = held.current;
    held.current = track ? { ...rest, [source]: track } : rest;
    setOwn(held.current);
    track?.addEventListener(
      'mute',
      () => document.visibilityState === 'visible' && source === 'mic' && setInterrupted(true),
    );
    track?.addEventListener('unmute', () => setInterrupted(false));
  }, []);
  const open = useCallback(
    async (wish: DeviceChoice) => {
      const { stream } = await capture(wish);
      if (client.current === undefined) return stopAll(stream);
      for (const track of stream.getTracks()) {
        const source = track.kind === 'audio' ? 'mic' : 'webcam';
        hold(source, track);
        await client.current?.publish(source, track);
      }
    },
    [hold],
  );

  useEffect(() => {
    let gone = false;
    const begin = async () => {
      const { ConsultClient } = await import('../consult');
      if (gone) return;
      const made = new ConsultClient({
        ticket: () => latest.current.ticket(),
        events: {
          onState: (next, by) => {
            if (gone) return;
            setState(next);
            if (next === 'ended') latest.current.onEnded(by ?? 'system');
          },
          onPeers: (peers) => setOtherName(peers[0]?.name),
          onRemoteTrack: (_peer, source, track) =>
            setRemote((was) => ({ ...was, [source]: track ?? undefined })),
          onRemotePaused: (_peer, source, is) => setPaused((was) => ({ ...was, [source]: is })),
          onLocalEnded: (source) => (source === 'screen' ? hold('screen', undefined) : setInterrupted(true)),
          // The call goes on by itself; what is lost for good is told by onState.
          onError: () => undefined,
        },
      });
      client.current = made;
      await open(devices);
      if (!gone) await made.connect();
    };
    // A refusal was told by onState already; without the client, nothing could tell it.
    begin().catch(() => {
      if (!gone && client.current === undefined) latest.current.onEnded('unreachable');
    });
    return () => {
      gone = true;
      client.current?.leave();
      client.current = undefined;
      for (const track of Object.values(held.current)) track?.stop();
    };
  }, []);

  const silently = (work: Promise<void> | undefined) => void work?.catch(() => undefined);
  const toggleMic = () => {
    if (held.current.mic === undefined) return silently(open({ camera: false, microphone: true }));
    silently(off.mic ? client.current?.resume('mic') : client.current?.pause('mic'));
    setOff((was) => ({ ...was, mic: !was.mic }));
  };
  const toggleCamera = async () => {
    if (held.current.webcam !== undefined) {
      // First the light goes out; a dead line must not keep it on.
      hold('webcam', undefined);
      await client.current?.unpublish('webcam');
      return;
    }
    const { stream } = await capture({
      camera: typeof devices.camera === 'string' ? devices.camera : true,
      microphone: false,
    });
    const track = stream.getVideoTracks()[0];
    if (track === undefined) return;
    hold('webcam', track);
    await client.current?.publish('webcam', track);
  };
  const toggleShare = async () => {
    if (held.current.screen !== undefined) {
      hold('screen', undefined);
      await client.current?.unpublish('screen');
      return;
    }
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
    const track = stream.getVideoTracks()[0];
    if (track === undefined) return stopAll(stream);
    hold('screen', track);
    await client.current?.publish('screen', track);
  };
  const resume = async () => {
    setInterrupted(false);
    await open({ camera: held.current.webcam !== undefined, microphone: true });
  };

  return {
    state,
    otherName,
    remote: useStream(remote.mic, remote.webcam),
    remoteScreen: useStream(remote.screen),
    remoteMuted: remote.mic === undefined || paused.mic === true,
    remoteCameraOff: remote.webcam === undefined || paused.webcam === true,
    self: useStream(own.webcam),
    micOn: own.mic !== undefined && off.mic !== true,
    cameraOn: own.webcam !== undefined,
    sharing: own.screen !== undefined,
    interrupted,
    toggleMic,
    toggleCamera: () => silently(toggleCamera()),
    toggleShare: () => silently(toggleShare()),
    resume: () => silently(resume()),
    leave: () => client.current?.leave(),
    stats: async () => client.current?.stats(),
  };
}

/** One stream of the tracks there are; the same object while they are the same. */
function useStream(...tracks: (MediaStreamTrack | undefined)[]): MediaStream | null {
  const [stream, setStream] = useState<MediaStream | null>(null);
  useEffect(() => {
    const there = tracks.filter((track) => track !== undefined);
    setStream(there.length === 0 ? null : new MediaStream(there));
  }, tracks);
  return stream;
}
