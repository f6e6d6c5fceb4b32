import { api, Button, type ClientIntake, Notice } from '@app/ui';
import { type ReactNode, useState } from 'react';
import { errorWords, usePortalText } from '../text';
import css from './chat.module.css';

interface DockProps {
  intake: ClientIntake;
  /** The call's connection was lost for good, though the consult goes on. */
  lost: boolean;
  onVerify: () => void;
  onCheck: () => void;
  onRejoin: () => void;
  onChanged: () => Promise<void>;
}

/** What the client is asked to do now, in one card at a time: the consult first, it is somebody waiting. */
export function Dock({ intake, lost, onVerify, onCheck, onRejoin, onChanged }: DockProps) {
  const text = usePortalText();
  const [busy, setBusy] = useState<'accept' | 'decline'>();
  const [failure, setFailure] = useState<string>();
  const name = intake.staff?.name ?? text.theTeam;
  const consult = intake.consult?.state;

  const answer = async (word: 'accept' | 'decline') => {
    if (busy) return;
    setBusy(word);
    setFailure(undefined);
    try {
      await api.post(`/api/client/consult/${word}`);
      await onChanged();
    } catch (error) {
      setFailure(errorWords(error, text));
    }
    setBusy(undefined);
  };

  if (consult === 'offered') {
    return (
      <AskCard testId="offer-card" title={text.offerTitle(name)} failure={failure}>
        <p>{text.offerText}</p>
        <div className={css['actions']}>
          <Button look="primary" icon="camera" busy={busy === 'accept'} onClick={() => void answer('accept')}>
            {text.accept}
          </Button>
          <Button busy={busy === 'decline'} onClick={() => void answer('decline')}>
            {text.decline}
          </Button>
        </div>
      </AskCard>
    );
  }
  if (consult === 'accepted') {
    return (
      <AskCard testId="consult-card" title={text.consultReadyTitle}>
        <p>{text.consultReadyText}</p>
        <div className={css['actions']}>
          <Button look="primary" icon="camera" onClick={onCheck}>
            {text.goOn}
          </Button>
        </div>
      </AskCard>
    );
  }
  if (consult === 'live' && lost) {
    return (
      <AskCard testId="consult-lost" title={text.callEndedTitle}>
        <p>{text.callEndedText}</p>
        <div className={css['actions']}>
          <Button look="primary" icon="camera" onClick={onRejoin}>
            {text.joinAgain}
          </Button>
        </div>
      </AskCard>
    );
  }
  const { state } = intake.verification;
  if (intake.assurance === 'V1' || state === 'none' || state === 'verified') return null;
  if (state === 'locked') {
    return (
      <Notice tone="info">
        <p>{text.verifyLocked}</p>
      </Notice>
    );
  }
  return (
    <AskCard
      testId="verification-card"
      title={state === 'requested' ? text.verifyCardTitle(name) : text.verifyCodeCard}
    >
      <p>{text.verifyCardText}</p>
      <div className={css['actions']}>
        <Button look="primary" icon="shield" onClick={onVerify}>
          {text.verifyOpen}
        </Button>
      </div>
    </AskCard>
  );
}

function AskCard({
  testId,
  title,
  failure,
  children,
}: {
  testId: string;
  title: string;
  failure?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className={css['ask']} data-testid={testId} aria-label={title}>
      <h2>{title}</h2>
      {failure && (
        <Notice tone="danger" role="alert">
          <p>{failure}</p>
        </Notice>
      )}
      {children}
    </section>
  );
}
