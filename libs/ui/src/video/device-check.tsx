import { useEffect, useRef, useState } from 'react';
import { Button } from '../controls/button';
import { Select } from '../controls/choice';
import type { Checks } from '../connection/protocol';
import { Notice } from '../feedback/notice';
import { useUiText } from '../i18n/locale';
import { canCapture, capture, stopAll, type Capture } from './capture';
import { CheckRow } from './check-row';
import css from './device-check.module.css';
import { playChime, watchLevel } from './sound';
import { VideoView } from './video-view';

/** What to open when the consult begins: an id, `true` for whatever there is, `false` for nothing. */
export interface DeviceChoice {
  camera: boolean | string;
  microphone: boolean | string;
}

export interface DeviceCheckProps {
  /** The camera is let go before this is called; open it again with the choice. */
  onReady: (checks: Checks, choice: DeviceChoice) => void;
  busy?: boolean;
  /** 2 unless told, so that the check stands right under the page's title. */
  headingLevel?: 1 | 2;
}

const HEARD_ABOVE = 0.35;

export function DeviceCheck({ onReady, busy, headingLevel = 2 }: DeviceCheckProps) {
  const text = useUiText();
  const Heading = `h${headingLevel}` as const;
  const [choice, setChoice] = useState<DeviceChoice>({ camera: true, microphone: true });
  const [asking, setAsking] = useState(false);
  const [got, setGot] = useState<Capture>();
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  const [sound, setSound] = useState<'unasked' | 'playing' | 'asked' | Checks['sound']>('unasked');
  const open = useRef<MediaStream | null>(null);

  useEffect(() => () => stopAll(open.current), []);
  useEffect(() => {
    if (got?.microphone !== 'ok') return;
    return watchLevel(got.stream, (now) => {
      setLevel(now);
      if (now > HEARD_ABOVE) setHeard(true);
    });
  }, [got]);

  const check = async (next: DeviceChoice) => {
    setChoice(next);
    setAsking(true);
    stopAll(open.current);
    const found = await capture(next);
    open.current = found.stream;
    setGot(found);
    setAsking(false);
    setDevices(await navigator.mediaDevices.enumerateDevices().catch(() => []));
  };
  const play = async () => {
    setSound('playing');
    await playChime().catch(() => undefined);
    setSound('asked');
  };
  const ready = () => {
    stopAll(open.current);
    const checks = {
      camera: got?.camera ?? 'off',
      microphone: got?.microphone ?? 'off',
      sound: sound === 'heard' ? 'heard' : 'not-heard',
    } as const;
    onReady(checks, {
      camera: checks.camera === 'ok' && choice.camera,
      microphone: checks.microphone === 'ok' && choice.microphone,
    });
  };

  if (!canCapture()) {
    return (
      <section className={css['check']} data-testid="device-check">
        <Heading>{text.insecureTitle}</Heading>
        <Notice tone="warn">
          <p>{text.insecureText}</p>
        </Notice>
      </section>
    );
  }
  const list = (kind: MediaDeviceKind) => devices.filter((one) => one.kind === kind && one.deviceId !== '');
  const inUse = (kind: 'audio' | 'video') =>
    got?.stream
      .getTracks()
      .find((track) => track.kind === kind)
      ?.getSettings().deviceId ?? '';
  const refused = got?.camera === 'refused' || got?.microphone === 'refused';
  const missing = got?.microphone === 'missing';
  return (
    <section className={css['check']} data-testid="device-check" aria-busy={asking}>
      <div className={css['head']}>
        <Heading tabIndex={-1}>{text.checkTitle}</Heading>
        <p>{text.checkLead}</p>
      </div>
      {!got && (
        <>
          <p className={css['ask']}>{asking ? text.checkWaiting : text.checkAsk}</p>
          <div className={css['row']}>
            <Button look="primary" icon="camera" busy={asking} onClick={() => void check(choice)}>
              {text.checkStart}
            </Button>
            <Button onClick={() => void check({ ...choice, camera: false })} disabled={asking}>
              {text.cameraSkip}
            </Button>
          </div>
        </>
      )}
      {got && (refused || missing) && (
        <Notice
          tone="warn"
          role="alert"
          title={refused ? text.refusedTitle : text.missingTitle}
          action={
            <>
              <Button busy={asking} onClick={() => void check({ camera: true, microphone: true })}>
                {text.checkAgain}
              </Button>
              {got.camera !== 'off' && (
                <Button onClick={() => void check({ ...choice, camera: false })}>{text.cameraSkip}</Button>
              )}
            </>
          }
        >
          <p>{refused ? text.refusedText : text.missingText}</p>
        </Notice>
      )}
      {got && (
        <>
          {got.camera === 'ok' && (
            <div className={css['preview']}>
              <VideoView stream={got.stream} label={text.selfVideo} own testId="self-video" />
            </div>
          )}
          <CheckRow
            icon={got.camera === 'ok' ? 'camera' : 'camera-off'}
            title={text.camera}
            good={got.camera === 'ok'}
          >
            <p>
              {
                {
                  ok: text.cameraOk,
                  off: text.cameraOff,
                  refused: text.cameraRefused,
                  missing: text.cameraMissing,
                }[got.camera]
              }
            </p>
            {list('videoinput').length > 1 && got.camera === 'ok' && (
              <Select
                label={text.chooseCamera}
                value={inUse('video')}
                options={named(list('videoinput'))}
                onChange={(camera) => void check({ ...choice, camera })}
              />
            )}
            <Button look="quiet" onClick={() => void check({ ...choice, camera: got.camera !== 'ok' })}>
              {got.camera === 'ok' ? text.cameraSkip : text.cameraUse}
            </Button>
          </CheckRow>
          <CheckRow
            icon={got.microphone === 'ok' ? 'mic' : 'mic-off'}
            title={text.microphone}
            good={heard && got.microphone === 'ok'}
          >
            {got.microphone === 'ok' ? (
              <>
                <p aria-live="polite">{heard ? text.microphoneHeard : text.microphoneOk}</p>
                <meter className={css['meter']} aria-label={text.level} min={0} max={1} value={level} />
              </>
            ) : (
              <p>{got.microphone === 'refused' ? text.microphoneRefused : text.microphoneMissing}</p>
            )}
            {list('audioinput').length > 1 && got.microphone === 'ok' && (
              <Select
                label={text.chooseMicrophone}
                value={inUse('audio')}
                options={named(list('audioinput'))}
                onChange={(microphone) => void check({ ...choice, microphone })}
              />
            )}
          </CheckRow>
          <CheckRow icon="sound" title={text.sound} good={sound === 'heard'}>
            <p aria-live="polite">
              {sound === 'asked' && text.soundAsk}
              {sound === 'heard' && text.soundHeard}
              {sound === 'not-heard' && text.soundNotHeard}
            </p>
            <div className={css['row']}>
              {sound === 'asked' && (
                <>
                  <Button onClick={() => setSound('heard')}>{text.yes}</Button>
                  <Button onClick={() => setSound('not-heard')}>{text.no}</Button>
                </>
              )}
              <Button icon="sound" busy={sound === 'playing'} onClick={() => void play()}>
                {text.soundPlay}
              </Button>
            </div>
          </CheckRow>
          <Button look="primary" wide busy={busy ?? false} onClick={ready}>
            {text.ready}
          </Button>
        </>
      )}
    </section>
  );
}

function named(devices: readonly MediaDeviceInfo[]): { value: string; label: string }[] {
  return devices.map((one, index) => ({ value: one.deviceId, label: one.label || `${index + 1}` }));
}
