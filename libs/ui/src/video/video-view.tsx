import { useEffect, useRef } from 'react';
import css from './video-stage.module.css';

export interface VideoViewProps {
  stream: MediaStream | null;
  label: string;
  /** Own pictures are shown as in a mirror and never played aloud. */
  own?: boolean;
  /** The whole picture, with bars beside it: for a screen. */
  whole?: boolean;
  testId?: string;
  /** The browser wants a touch before it plays. */
  onBlocked?: () => void;
}

export function VideoView({ stream, label, own, whole, testId, onBlocked }: VideoViewProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    element.srcObject = stream;
    if (stream)
      element
        .play()
        .catch(
          (error: unknown) =>
            error instanceof DOMException && error.name === 'NotAllowedError' && onBlocked?.(),
        );
    return () => {
      element.srcObject = null;
    };
  }, [stream]);
  return (
    <video
      ref={ref}
      className={[css['video'], own && css['mirror'], whole && css['whole']].filter(Boolean).join(' ')}
      aria-label={label}
      data-testid={testId}
      autoPlay
      playsInline
      muted={own ?? false}
    />
  );
}
