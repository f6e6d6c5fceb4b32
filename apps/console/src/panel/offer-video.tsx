import { Button, useAnnouncer, type Consult } from '@app/ui';
import { useState } from 'react';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

/** Offers a video call; once one stands, the bar over the conversation has the next step. */
export function OfferVideo({
  intake,
  onConsult,
}: {
  intake: StaffIntake;
  onConsult: (consult: Consult) => void;
}) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const [busy, setBusy] = useState(false);
  const { consult } = intake;
  if (consult !== undefined && consult.state !== 'ended' && consult.state !== 'declined') return null;
  const offer = async () => {
    setBusy(true);
    try {
      onConsult(
        (await ask.post<{ consult: Consult }>(`/api/staff/intakes/${intake.intakeId}/consult`)).consult,
      );
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={css['part']} aria-label={texts.consult.title}>
      <Button icon="camera" wide busy={busy} data-testid="offer-video" onClick={() => void offer()}>
        {texts.consult.offer}
      </Button>
    </section>
  );
}
