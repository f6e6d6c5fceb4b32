import {
  type ClientIntake,
  type DeviceChoice,
  type Locale,
  Notice,
  type SessionEnd,
  type Site,
  useConnectionState,
  useConversation,
} from '@app/ui';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Frame } from '../frame/frame';
import { Recover } from '../frame/recover';
import { LoadingScreen } from '../frame/screens';
import { usePortalText } from '../text';
import { Verification } from '../verify/verification';
import css from './chat.module.css';
import { ChatPane } from './chat-pane';
import { Closing } from './closing';
import { Dock } from './dock';
import { PlaceStrip } from './place-strip';
import { useChat } from './use-chat';

const Check = lazy(() => import('../consult/check').then(({ Check }) => ({ default: Check })));
const Call = lazy(() => import('../consult/call').then(({ Call }) => ({ default: Call })));
const Lobby = lazy(() => import('../consult/lobby').then(({ Lobby }) => ({ default: Lobby })));

interface ConversationProps {
  site: Site;
  intake: ClientIntake;
  onChange: (intake: ClientIntake) => void;
  onOver: (reason: SessionEnd) => void;
  onRestart: () => void;
  onLocale: (locale: Locale) => void;
}

/** A short loss of the connection is nobody's business; a longer one is said. */
const SAY_OFFLINE_AFTER_MS = 1_500;

export function Conversation({ site, intake, onChange, onOver, onRestart, onLocale }: ConversationProps) {
  const text = usePortalText();
  const { chat, refresh } = useChat(intake, { onChange, onOver });
  const offline = useLongOffline(useConnectionState(chat) === 'offline');
  const conversation = useConversation(chat, intake.intakeId);
  const [draft, setDraft] = useState('');
  const [verifying, setVerifying] = useState(false);
  const [checkLater, setCheckLater] = useState(false);
  const [devices, setDevices] = useState<DeviceChoice>();
  const [chatOpen, setChatOpen] = useState(false);
  const [seenSeq, setSeenSeq] = useState(0);
  const [lost, setLost] = useState(false);

  const consult = intake.consult?.state;
  const open = intake.state !== 'closed';
  const staffName = intake.staff?.name ?? text.theTeam;
  const lastStaffSeq = conversation.messages.findLast((message) => message.author.kind === 'staff')?.seq ?? 0;
  const live = open && consult === 'live' && !lost;
  useEffect(() => {
    if (chatOpen || !live) setSeenSeq(lastStaffSeq);
  }, [chatOpen, live, lastStaffSeq]);
  useEffect(() => {
    setLost(false);
    setCheckLater(false);
  }, [consult]);

  const view = viewOf();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The others have a heading of their own that takes the focus.
    if (view !== 'verify' && view !== 'lobby') heading.current?.focus({ preventScroll: true });
  }, [view]);

  const unread = conversation.messages.filter(
    (message) => message.author.kind === 'staff' && message.seq > seenSeq,
  ).length;
  const pane = (dock: boolean) => (
    <ChatPane
      chat={chat}
      intake={intake}
      site={site}
      draft={draft}
      onDraft={setDraft}
      dock={
        dock && open ? (
          <Dock
            intake={intake}
            lost={lost}
            onVerify={() => setVerifying(true)}
            onCheck={() => setCheckLater(false)}
            onRejoin={() => setLost(false)}
            onChanged={refresh}
          />
        ) : undefined
      }
      closed={open ? undefined : <Closing rated={intake.rated} onRated={refresh} onRestart={onRestart} />}
    />
  );

  return (
    <Frame site={site} full onLocale={onLocale}>
      <h1 className="for-readers" ref={heading} tabIndex={-1}>
        {text.chatTitle}
      </h1>
      {offline && (
        <Notice tone="warn" role="status" strip>
          <p>{text.offline}</p>
        </Notice>
      )}
      <Recover>
        <Suspense fallback={<LoadingScreen />}>{content()}</Suspense>
      </Recover>
    </Frame>
  );

  function viewOf(): 'call' | 'verify' | 'check' | 'lobby' | 'chat' {
    if (live) return 'call';
    if (!open) return 'chat';
    if (verifying && intake.assurance === 'ANON') return 'verify';
    if (consult === 'accepted' && !checkLater) return 'check';
    return consult === 'waiting' ? 'lobby' : 'chat';
  }

  function content() {
    if (view === 'call') {
      return (
        <Call
          otherName={staffName}
          devices={devices ?? rememberedDevices(intake)}
          chat={pane(false)}
          chatOpen={chatOpen}
          unread={unread}
          onToggleChat={() => setChatOpen(!chatOpen)}
          onOver={refresh}
          onLost={() => {
            setLost(true);
            void refresh();
          }}
        />
      );
    }
    if (view === 'verify') {
      return (
        <Verification
          site={site}
          codeSent={intake.verification.state === 'code-sent'}
          onBack={() => setVerifying(false)}
          onChanged={refresh}
        />
      );
    }
    if (view === 'check') {
      return (
        <Check
          onBack={() => setCheckLater(true)}
          onReady={async (choice) => {
            setDevices(choice);
            await refresh();
          }}
        />
      );
    }
    return (
      <>
        {view === 'lobby' ? (
          <Lobby staffName={staffName} onLeft={refresh} />
        ) : (
          <PlaceStrip intake={intake} site={site} />
        )}
        <div className={css['rest']}>{pane(true)}</div>
      </>
    );
  }
}

/** After a reload, what the device check said stands on the server. */
function rememberedDevices(intake: ClientIntake): DeviceChoice {
  const checks = intake.consult?.checks;
  return {
    camera: checks === undefined || checks.camera === 'ok',
    microphone: checks === undefined || checks.microphone === 'ok',
  };
}

function useLongOffline(offline: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!offline) return setLong(false);
    const timer = setTimeout(() => setLong(true), SAY_OFFLINE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [offline]);
  return long;
}
