import { Button, Dialog, useAnnouncer } from '@app/ui';
import { useEffect, useRef, useState } from 'react';
import { failureWords, waitWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import type { Me } from '../protocol';
import { useSession } from './session';
import { useExpiry } from './use-expiry';

/** Comes up over any page when the session is about to end. Enter prolongs it: the button has the focus. */
export function ExpiryWarning({ renewed }: { renewed: (me: Me) => void }) {
  const texts = useTexts();
  const { toast } = useAnnouncer();
  const { leftMs, stay } = useExpiry(useSession(), renewed);
  const [hidden, setHidden] = useState(false);
  const due = leftMs !== undefined;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setHidden(false), [due]);
  useEffect(() => button.current?.focus(), [due, hidden]);
  if (leftMs === undefined || hidden) return null;
  const extend = () => {
    stay().then(
      (moved) => {
        if (moved) return;
        toast(texts.expiry.failed, 'warn');
        setHidden(true);
      },
      (error: unknown) => toast(failureWords(error, texts), 'danger'),
    );
  };
  return (
    <Dialog
      title={texts.expiry.title}
      onClose={() => setHidden(true)}
      footer={
        <Button look="primary" ref={button} onClick={extend}>
          {texts.expiry.stay}
        </Button>
      }
    >
      <p>{texts.expiry.text(waitWords(leftMs / 1_000, texts))}</p>
    </Dialog>
  );
}
