import { api, type ConsultTicket, type DeviceChoice, useConsultCall, VideoStage } from '@app/ui';
import type { ReactNode } from 'react';
import css from './consult.module.css';

interface CallProps {
  otherName: string;
  devices: DeviceChoice;
  chat: ReactNode;
  chatOpen: boolean;
  unread: number;
  onToggleChat: () => void;
  /** The consult is over, or this side left it. */
  onOver: () => Promise<void>;
  /** The connection could not be made again, though the consult may go on. */
  onLost: () => void;
}

export function Call({
  otherName,
  devices,
  chat,
  chatOpen,
  unread,
  onToggleChat,
  onOver,
  onLost,
}: CallProps) {
  const call = useConsultCall({
    ticket: () => api.post<ConsultTicket>('/api/client/consult/ticket'),
    devices,
    onEnded: (by) => (by === 'refused' || by === 'unreachable' ? onLost() : void onOver()),
  });
  const leave = async () => {
    // First the server, so that the other side is told even if this page goes at once.
    await api.post('/api/client/consult/leave').catch(() => undefined);
    call.leave();
    await onOver();
  };
  return (
    <div className={css['call']}>
      <VideoStage
        call={call}
        otherName={otherName}
        chat={chat}
        chatOpen={chatOpen}
        unread={unread}
        onToggleChat={onToggleChat}
        onLeave={() => void leave()}
      />
    </div>
  );
}
