import {
  Button,
  useAnnouncer,
  useConsultCall,
  VideoStage,
  type Consult,
  type ConsultEndedBy,
  type ConsultTicket,
  type DeviceChoice,
} from '@app/ui';
import { useState, type ReactNode } from 'react';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './consult.module.css';

interface Props {
  intake: StaffIntake;
  devices: DeviceChoice;
  offline: ReactNode;
  chat: ReactNode;
  panel: ReactNode;
  onConsult: (consult: Consult) => void;
  /** The call is over for this page; the conversation goes on. */
  onGone: () => void;
}

/** The call over the whole desk, with the same conversation beside it, or what is known of the client. */
export function CallStage({ intake, devices, offline, chat, panel, onConsult, onGone }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const [beside, setBeside] = useState<'chat' | 'panel'>('chat');
  const [open, setOpen] = useState(() => matchMedia('(min-width: 60rem)').matches);
  const path = `/api/staff/intakes/${intake.intakeId}/consult`;

  const onEnded = (by: ConsultEndedBy) => {
    if (by === 'self') return;
    const kept = by === 'client' || by === 'staff' || by === 'system';
    toast(kept ? texts.consult.endedBy[by] : texts.consult.lost, kept ? 'info' : 'danger');
    onGone();
  };
  const call = useConsultCall({ ticket: () => ask.post<ConsultTicket>(`${path}/ticket`), devices, onEnded });

  const end = async () => {
    try {
      onConsult((await ask.post<{ consult: Consult }>(`${path}/end`)).consult);
      call.leave();
      onGone();
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
    }
  };

  return (
    <VideoStage
      call={call}
      otherName={intake.client.name}
      mayShare
      chatOpen={open}
      onToggleChat={() => setOpen(!open)}
      onLeave={() => void end()}
      chat={
        <div className={css['beside']}>
          <div className={css['tabs']}>
            {(['chat', 'panel'] as const).map((one) => (
              <Button
                key={one}
                look={beside === one ? 'primary' : 'quiet'}
                aria-pressed={beside === one}
                onClick={() => setBeside(one)}
              >
                {one === 'chat' ? texts.consult.chat : texts.desk.showDetails}
              </Button>
            ))}
          </div>
          {offline}
          {beside === 'chat' ? chat : <div className={css['besidePanel']}>{panel}</div>}
        </div>
      }
    />
  );
}
