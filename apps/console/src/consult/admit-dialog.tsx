import { Button, Dialog, Notice, Spinner, VideoView, type DeviceChoice } from '@app/ui';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/use-texts';
import css from './consult.module.css';

interface Props {
  /** The client is in already: joining admits nobody. */
  live: boolean;
  busy: boolean;
  onJoin: (devices: DeviceChoice) => void;
  onClose: () => void;
}

type Preview = { kind: 'asking' } | { kind: 'open'; stream: MediaStream } | { kind: 'none' };

/** One look at oneself, then in. The long check is the client's; whoever has no camera here can still be heard. */
export function AdmitDialog({ live, busy, onJoin, onClose }: Props) {
  const texts = useTexts();
  const [preview, setPreview] = useState<Preview>({ kind: 'asking' });
  useEffect(() => {
    let stream: MediaStream | undefined;
    let gone = false;
    const open = async () => {
      const got = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } });
      if (gone) return stop(got);
      stream = got;
      setPreview({ kind: 'open', stream: got });
    };
    // No camera, no permission, or an address without https: each time the way on is the same.
    open().catch(() => !gone && setPreview({ kind: 'none' }));
    return () => {
      gone = true;
      if (stream !== undefined) stop(stream);
    };
  }, []);

  return (
    <Dialog
      title={live ? texts.consult.title : texts.consult.admitTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button
            look="primary"
            icon="camera"
            busy={busy || preview.kind === 'asking'}
            data-testid="join"
            onClick={() => onJoin({ camera: preview.kind === 'open', microphone: true })}
          >
            {live ? texts.consult.rejoin : texts.consult.join}
          </Button>
        </>
      }
    >
      <div className={css['preview']}>
        {preview.kind === 'asking' && <Spinner label={texts.common.loading} />}
        {preview.kind === 'open' && (
          <VideoView stream={preview.stream} label={texts.consult.ownCamera} own testId="preview-video" />
        )}
        {preview.kind === 'none' && <Notice tone="warn">{texts.consult.noCamera}</Notice>}
      </div>
      <p>{texts.consult.admitText}</p>
    </Dialog>
  );
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
