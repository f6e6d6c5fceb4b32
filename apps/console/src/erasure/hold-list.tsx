import { Badge, Button, Card, EmptyState, useAnnouncer, useFormats } from '@app/ui';
import { useState } from 'react';
import type { Hold } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './erasure.module.css';

type Step = 'release' | 'release/confirm' | 'release/decline';

/** The holds, those that stand first. */
export function HoldList({ holds, onChanged }: { holds: readonly Hold[]; onChanged: () => void }) {
  const texts = useTexts();
  if (holds.length === 0)
    return (
      <EmptyState icon="lock" title={texts.erasure.noHolds}>
        {texts.erasure.noHoldsText}
      </EmptyState>
    );
  return holds.map((hold) => <HoldCard key={hold.holdId} hold={hold} onChanged={onChanged} />);
}

function HoldCard({ hold, onChanged }: { hold: Hold; onChanged: () => void }) {
  const texts = useTexts();
  const format = useFormats();
  const { releaseAskedBy, releaseAskedAt, releasedBy, releasedAt } = hold;
  const state = releasedBy ? 'released' : releaseAskedBy ? 'waiting' : 'standing';
  return (
    <Card className={css['card']} role="article" aria-label={`${texts.erasure[state]}, ${hold.intakeId}`}>
      <div className={css['head']}>
        <h3 className={css['number']}>{hold.intakeId}</h3>
        <Badge tone={state === 'released' ? 'info' : 'warn'}>{texts.erasure[state]}</Badge>
      </div>
      <p>{hold.reason ?? <span className={css['meta']}>{texts.erasure.reasonGone}</span>}</p>
      <ul className={css['steps']}>
        <li>{texts.erasure.placedBy(hold.placedBy.name, format.dateTime(hold.placedAt))}</li>
        {releaseAskedBy && releaseAskedAt && (
          <li>{texts.erasure.askedBy(releaseAskedBy.name, format.dateTime(releaseAskedAt))}</li>
        )}
        {releasedBy && releasedAt && (
          <li>{texts.erasure.releasedBy(releasedBy.name, format.dateTime(releasedAt))}</li>
        )}
      </ul>
      {!releasedBy && <Release hold={hold} onChanged={onChanged} />}
    </Card>
  );
}

/** What this person can do to end the hold: ask; or, if somebody else has asked, agree or not. */
function Release({ hold, onChanged }: { hold: Hold; onChanged: () => void }) {
  const texts = useTexts();
  const { me, ask } = useSession();
  const { toast } = useAnnouncer();
  const [busy, setBusy] = useState<Step>();
  const step = (to: Step, done: string) => async () => {
    setBusy(to);
    try {
      await ask.post(`/api/officer/holds/${hold.holdId}/${to}`, {});
      toast(done, 'ok');
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
    }
    setBusy(undefined);
    onChanged();
  };
  const button = (to: Step, label: string, done: string, look: 'primary' | 'quiet' = 'quiet') => (
    <Button look={look} busy={busy === to} onClick={() => void step(to, done)()}>
      {label}
    </Button>
  );
  if (hold.releaseAskedBy === undefined)
    return <div>{button('release', texts.erasure.ask, texts.erasure.asked)}</div>;
  if (hold.releaseAskedBy.id === me.staffId)
    return (
      <>
        <p className={css['meta']}>{texts.erasure.youAsked}</p>
        <div>{button('release/decline', texts.erasure.withdraw, texts.erasure.declined)}</div>
      </>
    );
  return (
    <div className={css['buttons']}>
      {button('release/confirm', texts.erasure.confirm, texts.erasure.confirmed, 'primary')}
      {button('release/decline', texts.erasure.decline, texts.erasure.declined)}
    </div>
  );
}
