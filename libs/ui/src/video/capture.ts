import type { Checks } from '../connection/protocol';

/** What the browser said to one wish for a device. */
export type DeviceAnswer = 'ok' | 'refused' | 'missing';

export interface Wish {
  /** `true` for any, or the id of one; `false` to leave it alone. */
  camera: boolean | string;
  microphone: boolean | string;
}

export interface Capture {
  stream: MediaStream;
  camera: Checks['camera'];
  microphone: Checks['microphone'];
}

/** Whether this page may ask for devices at all: only pages by https, and those of the same machine, may. */
export function canCapture(): boolean {
  return navigator.mediaDevices !== undefined && typeof navigator.mediaDevices.getUserMedia === 'function';
}

/**
 * Asks for camera and microphone. When both together fail for another reason than a refusal, it asks for each alone,
 * so that a machine without a camera is still heard. Never throws; the stream holds what could be had.
 */
export async function capture(wish: Wish): Promise<Capture> {
  const stream = new MediaStream();
  const wanted = { camera: wish.camera !== false, microphone: wish.microphone !== false };
  if (!canCapture()) return { stream, camera: 'missing', microphone: 'missing' };
  if (wanted.camera && wanted.microphone) {
    const both = await ask({ video: video(wish.camera), audio: audio(wish.microphone) }, stream);
    if (both === 'ok') return { stream, camera: 'ok', microphone: 'ok' };
    if (both === 'refused' && !(await knownRefusal('camera', 'microphone')))
      return { stream, camera: 'refused', microphone: 'refused' };
  }
  const microphone = wanted.microphone ? await ask({ audio: audio(wish.microphone) }, stream) : 'off';
  const camera = wanted.camera ? await ask({ video: video(wish.camera) }, stream) : 'off';
  return { stream, camera, microphone };
}

export function stopAll(stream: MediaStream | null | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

async function ask(constraints: MediaStreamConstraints, into: MediaStream): Promise<DeviceAnswer> {
  try {
    const got = await navigator.mediaDevices.getUserMedia(constraints);
    for (const track of got.getTracks()) into.addTrack(track);
    return 'ok';
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'refused';
  }
}

/** Whether exactly one of the two is known to be blocked: then the other is worth a question of its own. */
async function knownRefusal(...names: string[]): Promise<boolean> {
  try {
    const answers = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName })),
    );
    return new Set(answers.map((answer) => answer.state === 'denied')).size > 1;
  } catch {
    return false;
  }
}

function video(wish: boolean | string): MediaTrackConstraints {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  return typeof wish === 'string' && wish !== ''
    ? { ...size, deviceId: { ideal: wish } }
    : { ...size, facingMode: 'user' };
}

function audio(wish: boolean | string): MediaTrackConstraints {
  const clean = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return typeof wish === 'string' && wish !== '' ? { ...clean, deviceId: { ideal: wish } } : clean;
}
