import {
  Notice,
  Spinner,
  useAnnouncer,
  useConnectionState,
  type ChatConnection,
  type DeviceChoice,
} from '@app/ui';
import { useEffect, useState } from 'react';
import { CallStage } from '../consult/call-stage';
import { ConsultBar } from '../consult/consult-bar';
import { useDesk } from '../desk/desk-provider';
import { LoadFailed } from '../loading/load-failed';
import { go } from '../navigation/go';
import { pathOf } from '../navigation/route';
import { SidePanel } from '../panel/side-panel';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { Chat } from './chat';
import { ConversationHeader } from './conversation-header';
import css from './conversation.module.css';
import { useIntake, type IntakeView } from './use-intake';

interface Props {
  intakeId: string;
  /** The devices of the call, while one stands in this page. */
  call: DeviceChoice | undefined;
  onCall: (devices: DeviceChoice) => void;
  onCallEnded: () => void;
}

export function ConversationPane(props: Props) {
  const texts = useTexts();
  const { connection } = useDesk();
  const view = useIntake(props.intakeId);
  if (view.intake === undefined || connection === undefined) {
    return (
      <div className={css['loading']}>
        {view.error === undefined ? (
          <Spinner label={texts.common.loading} />
        ) : (
          <LoadFailed error={view.error} retry={view.reload} />
        )}
      </div>
    );
  }
  return <OpenConversation {...props} view={view} intake={view.intake} connection={connection} />;
}

interface OpenProps extends Props {
  view: IntakeView;
  intake: StaffIntake;
  connection: ChatConnection;
}

function OpenConversation({ view, intake, connection, call, onCall, onCallEnded }: OpenProps) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const { follow, forget, queue } = useDesk();
  const state = useConnectionState(connection);
  const [panelOpen, setPanelOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const { intakeId } = intake;
  const { receipts } = intake;
  useEffect(() => {
    follow(intakeId);
    connection.seed(intakeId, [], receipts);
  }, [follow, connection, intakeId, receipts]);

  const askVerification = async () => {
    setAsking(true);
    try {
      const { verification } = await ask.post<{ verification: StaffIntake['verification'] }>(
        `/api/staff/intakes/${intakeId}/verification`,
      );
      view.setVerification(verification);
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
      view.reload();
    } finally {
      setAsking(false);
    }
  };
  const onTransferred = (queueName: string) => {
    toast(texts.panel.transferred(queueName), 'ok');
    forget(intakeId);
    queue.reload();
    go(pathOf('desk'), 'replace');
  };
  const onClosed = () => {
    toast(texts.panel.closedDone, 'ok');
    queue.reload();
    view.reload();
  };

  const chat = (
    <Chat connection={connection} intake={intake} asking={asking} onAsk={() => void askVerification()} />
  );
  const panel = (
    <SidePanel
      intake={intake}
      connection={connection}
      asking={asking}
      onAsk={() => void askVerification()}
      onConsult={view.setConsult}
      onTransferred={onTransferred}
      onClosed={onClosed}
    />
  );
  const offline = state === 'offline' && (
    <Notice tone="warn" strip role="status">
      {texts.chat.reconnecting}
    </Notice>
  );

  if (call !== undefined) {
    return (
      <CallStage
        intake={intake}
        devices={call}
        offline={offline}
        chat={chat}
        panel={panel}
        onGone={onCallEnded}
        onConsult={view.setConsult}
      />
    );
  }
  return (
    <div className={css['pane']} data-panel={panelOpen}>
      <section className={css['middle']} aria-label={texts.chat.conversation(intake.client.initials)}>
        <ConversationHeader
          intake={intake}
          panelOpen={panelOpen}
          onBack={() => go(pathOf('desk'))}
          onPanel={() => setPanelOpen(!panelOpen)}
        />
        {offline}
        <ConsultBar intake={intake} onConsult={view.setConsult} onCall={onCall} onOutdated={view.reload} />
        {chat}
      </section>
      {/* It scrolls, and of a closed conversation holds nothing to press: the keyboard has to reach it itself. */}
      <aside className={css['panel']} aria-label={texts.panel.label} tabIndex={0}>
        {panel}
      </aside>
    </div>
  );
}
