import { ApiError, Button, classNames, EmptyState, useAnnouncer, type DeviceChoice } from '@app/ui';
import { useCallback, useState } from 'react';
import { ConversationPane } from '../conversation/conversation-pane';
import { go } from '../navigation/go';
import { pathOf } from '../navigation/route';
import type { StaffIntake } from '../protocol';
import { QueueList } from '../queue/queue-list';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { useDesk } from './desk-provider';
import css from './desk.module.css';
import { KeysDialog } from './keys-dialog';
import { focusedWaiting, useKeys } from './use-keys';
import { WaitingPane } from './waiting-pane';
import { usePresence } from '../session/use-expiry';

/** The list, the open conversation, and what is known about it; on a phone one of the three. */
export function DeskPage({ intakeId }: { intakeId: string | undefined }) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const desk = useDesk();
  const [keysShown, setKeysShown] = useState(false);
  const [claiming, setClaiming] = useState<string>();
  const [call, setCall] = useState<{ intakeId: string; devices: DeviceChoice }>();
  const { lists } = desk.queue;
  const inCall = call !== undefined && call.intakeId === intakeId;
  usePresence(inCall);
  const waiting = lists?.waiting.find((item) => item.intakeId === intakeId);

  const open = (id: string) => go(pathOf('desk', id));
  const claim = async (id: string) => {
    if (claiming !== undefined) return;
    setClaiming(id);
    try {
      const intake = await ask.post<StaffIntake>(`/api/staff/intakes/${id}/claim`);
      desk.opened.set(id, intake);
      open(id);
    } catch (error) {
      toast(
        takenBy(error) === undefined ? failureWords(error, texts) : texts.desk.taken(takenBy(error) ?? ''),
        'warn',
      );
      if (id === intakeId) go(pathOf('desk'), 'replace');
    } finally {
      setClaiming(undefined);
      desk.queue.reload();
    }
  };
  const claimByKey = () => {
    const id = focusedWaiting() ?? waiting?.intakeId;
    if (id !== undefined) void claim(id);
  };
  useKeys(
    {
      claim: claimByKey,
      write: () => document.querySelector<HTMLElement>('[data-testid="composer"] textarea')?.focus(),
      help: () => setKeysShown(true),
    },
    desk.keysOn,
  );
  const endCall = useCallback(() => setCall(undefined), []);

  const body = () => {
    if (intakeId === undefined) return <NothingOpen onClaim={(id) => void claim(id)} />;
    if (waiting !== undefined && !desk.opened.has(intakeId)) {
      return <WaitingPane item={waiting} busy={claiming === intakeId} onClaim={() => void claim(intakeId)} />;
    }
    if (lists === undefined && desk.queue.error === undefined) return null;
    return (
      <ConversationPane
        key={intakeId}
        intakeId={intakeId}
        call={inCall ? call.devices : undefined}
        onCall={(devices) => setCall({ intakeId, devices })}
        onCallEnded={endCall}
      />
    );
  };

  return (
    <div className={classNames(css['desk'], inCall && css['inCall'])} data-open={intakeId !== undefined}>
      <h1 className="for-readers">{texts.desk.title}</h1>
      <section className={css['left']} aria-label={texts.desk.lists}>
        <QueueList
          openId={intakeId}
          onOpen={open}
          onClaim={(id) => void claim(id)}
          onKeys={() => setKeysShown(true)}
        />
      </section>
      <div className={css['right']}>
        {waiting !== undefined && (
          <Button look="quiet" icon="back" className={css['back']} onClick={() => go(pathOf('desk'))}>
            {texts.desk.backToList}
          </Button>
        )}
        {body()}
      </div>
      {keysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
    </div>
  );
}

function NothingOpen({ onClaim }: { onClaim: (intakeId: string) => void }) {
  const texts = useTexts();
  const first = useDesk().queue.lists?.waiting[0];
  return (
    <div className={css['nothing']}>
      {first === undefined ? (
        <EmptyState icon="chat" title={texts.desk.calmTitle}>
          {texts.desk.calm}
        </EmptyState>
      ) : (
        <EmptyState
          icon="chat"
          title={texts.desk.nothingOpenTitle}
          action={
            <Button look="primary" onClick={() => onClaim(first.intakeId)}>
              {texts.desk.claimLongest}
            </Button>
          }
        >
          {texts.desk.nothingOpen}
        </EmptyState>
      )}
    </div>
  );
}

/** Returns who was first, when a claim came too late. */
function takenBy(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 'ALREADY_CLAIMED') return undefined;
  const { by } = error.extra as { by?: { name?: unknown } };
  return typeof by?.name === 'string' ? by.name : '';
}
