import {
  Button,
  Icon,
  useAnnouncer,
  useFormats,
  type Checks,
  type Consult,
  type DeviceChoice,
} from '@app/ui';
import { useState, type ReactNode } from 'react';
import { lengthText } from '../clock/duration';
import { useNow } from '../clock/use-now';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { AdmitDialog } from './admit-dialog';
import css from './consult.module.css';

interface Props {
  intake: StaffIntake;
  onConsult: (consult: Consult) => void;
  onCall: (devices: DeviceChoice) => void;
  /** The server said that the step is no longer possible. */
  onOutdated: () => void;
}

/** Where a video call stands, from the offer to its end, and the next step. Nothing, when none was offered. */
export function ConsultBar({ intake, onConsult, onCall, onOutdated }: Props) {
  const texts = useTexts();
  const { ask, me } = useSession();
  const { toast } = useAnnouncer();
  const [admitting, setAdmitting] = useState(false);
  const [busy, setBusy] = useState(false);
  const { consult } = intake;
  if (consult === undefined || intake.state !== 'claimed' || intake.assignee?.id !== me.staffId) return null;

  const step = async (name: 'withdraw' | 'end' | 'admit') => {
    setBusy(true);
    try {
      const path = `/api/staff/intakes/${intake.intakeId}/consult/${name}`;
      onConsult((await ask.post<{ consult: Consult }>(path)).consult);
      return true;
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
      onOutdated();
      return false;
    } finally {
      setBusy(false);
    }
  };
  const join = async (devices: DeviceChoice) => {
    // Already live: this page was reloaded, or left the call; there is nobody to admit.
    if (consult.state === 'live' || (await step('admit'))) onCall(devices);
    setAdmitting(false);
  };
  const withdraw = (
    <Button busy={busy} onClick={() => void step('withdraw')}>
      {texts.consult.withdraw}
    </Button>
  );

  const bar = (tone: 'calm' | 'call', children: ReactNode, actions: ReactNode) => (
    <div className={css[tone]} role="status">
      <Icon name="camera" />
      <div className={css['barText']}>{children}</div>
      <div className={css['barActions']}>{actions}</div>
    </div>
  );
  const body = () => {
    switch (consult.state) {
      case 'offered':
        return bar('calm', <p>{texts.consult.offered}</p>, withdraw);
      case 'accepted':
        return bar('calm', <p>{texts.consult.accepted}</p>, withdraw);
      case 'waiting':
        return bar(
          'call',
          <LobbyText consult={consult} />,
          <>
            {withdraw}
            <Button look="primary" icon="camera" data-testid="admit" onClick={() => setAdmitting(true)}>
              {texts.consult.admit}
            </Button>
          </>,
        );
      case 'live':
        return bar(
          'call',
          <p>{texts.consult.live}</p>,
          <>
            <Button busy={busy} onClick={() => void step('end')}>
              {texts.consult.end}
            </Button>
            <Button look="primary" icon="camera" onClick={() => setAdmitting(true)}>
              {texts.consult.rejoin}
            </Button>
          </>,
        );
      case 'declined':
        return bar('calm', <p>{texts.consult.declined}</p>, null);
      case 'ended':
        return null;
    }
  };
  return (
    <>
      {body()}
      {admitting && (
        <AdmitDialog
          live={consult.state === 'live'}
          busy={busy}
          onJoin={(devices) => void join(devices)}
          onClose={() => setAdmitting(false)}
        />
      )}
    </>
  );
}

function LobbyText({ consult }: { consult: Consult }) {
  const texts = useTexts();
  const format = useFormats();
  const now = useNow(10_000);
  const since = consult.waitingSince ?? consult.offeredAt;
  const minutes = Math.floor(Math.max(0, now.getTime() - Date.parse(since)) / 60_000);
  return (
    <>
      <p className={css['strong']}>
        {texts.consult.waiting(format.time(since), minutes === 0 ? '< 1 min' : lengthText(minutes * 60))}
      </p>
      {consult.checks && <CheckWords checks={consult.checks} />}
    </>
  );
}

function CheckWords({ checks }: { checks: Checks }) {
  const { consult } = useTexts();
  const words: [boolean, string][] = [
    [checks.camera === 'ok', consult.camera[checks.camera]],
    [checks.microphone === 'ok', consult.microphone[checks.microphone]],
    [checks.sound === 'heard', consult.sound[checks.sound]],
  ];
  return (
    <ul className={css['checks']} aria-label={consult.checks}>
      {words.map(([good, text]) => (
        <li key={text} data-good={good}>
          <Icon name={good ? 'check' : 'warning'} /> {text}
        </li>
      ))}
    </ul>
  );
}
