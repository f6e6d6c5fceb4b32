import { api, Button, Spinner } from '@app/ui';
import { useEffect, useRef, useState } from 'react';
import { usePortalText } from '../text';
import css from './consult.module.css';

/** Above the chat, which goes on. There is no camera and no route for media here yet. */
export function Lobby({ staffName, onLeft }: { staffName: string; onLeft: () => Promise<void> }) {
  const text = usePortalText();
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const leave = async () => {
    setBusy(true);
    await api.post('/api/client/consult/leave').catch(() => undefined);
    await onLeft();
    setBusy(false);
  };
  return (
    <section className={css['lobby']} data-testid="lobby" aria-labelledby="lobby-title">
      <Spinner />
      <div>
        <h2 id="lobby-title" ref={heading} tabIndex={-1}>
          {text.lobbyTitle}
        </h2>
        <p>{text.lobbyText(staffName)}</p>
      </div>
      <Button busy={busy} onClick={() => void leave()}>
        {text.lobbyLeave}
      </Button>
    </section>
  );
}
