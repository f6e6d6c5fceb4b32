import { useState, type ReactNode } from 'react';
import { Button } from '../controls/button';
import { Icon, type IconName } from '../feedback/icon';
import { Avatar, Notice } from '../feedback/notice';
import { useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import type { ConsultCall } from './use-consult-call';
import css from './video-stage.module.css';
import { VideoView } from './video-view';

export interface VideoStageProps {
  call: ConsultCall;
  /** Stands for the other side until the room says their name. */
  otherName: string;
  /** Staff may share a screen; the server refuses it for clients. */
  mayShare?: boolean;
  /** The chat, beside the picture or over it on a phone. */
  chat?: ReactNode;
  chatOpen?: boolean;
  onToggleChat?: () => void;
  /** Unread messages while the chat is closed. */
  unread?: number;
  onLeave: () => void;
  /** More buttons before "Leave". */
  actions?: ReactNode;
}

/** The consult: the other side large, oneself small, and the controls always under it. Fills its parent. */
export function VideoStage(props: VideoStageProps) {
  const { call, mayShare, chat, chatOpen, onToggleChat, unread = 0, onLeave, actions } = props;
  const text = useUiText();
  const [blocked, setBlocked] = useState(false);
  // The room has no name for a client: staff know it from the conversation.
  const name = call.otherName || props.otherName;
  const here = call.otherName !== undefined;
  return (
    <section
      className={classNames(css['stage'], chatOpen && css['withChat'])}
      aria-label={text.callLabel}
      data-call={call.state}
    >
      <div className={css['pictures']}>
        <div className={classNames(css['remote'], call.remoteScreen !== null && css['corner'])}>
          <VideoView
            stream={call.remote}
            label={text.remoteVideo(name)}
            testId="remote-video"
            onBlocked={() => setBlocked(true)}
          />
          {(call.remote === null || call.remoteCameraOff) && (
            <div className={css['curtain']}>
              <Avatar name={name} />
              <p>{here ? text.cameraIsOff(name) : text.waitingFor(name)}</p>
            </div>
          )}
        </div>
        {call.remoteScreen !== null && (
          <div className={css['screen']}>
            <VideoView stream={call.remoteScreen} label={text.screenOf(name)} whole testId="remote-screen" />
          </div>
        )}
        <p className={css['name']} role="status">
          {call.remoteScreen !== null ? text.screenOf(name) : name}
          {here && call.remoteMuted && (
            <>
              {' '}
              <Icon name="mic-off" label={text.isMuted(name)} />
            </>
          )}
        </p>
        {call.self !== null && (
          <div className={css['self']}>
            <VideoView stream={call.self} label={text.selfVideo} own testId="self-video" />
          </div>
        )}
        <div className={css['news']}>
          {call.state === 'reconnecting' && (
            <Notice tone="warn" role="status">
              <p>{text.reconnecting}</p>
            </Notice>
          )}
          {(blocked || call.interrupted) && (
            <Button
              look="primary"
              icon="sound"
              onClick={() => {
                setBlocked(false);
                for (const video of document.querySelectorAll('video'))
                  void video.play().catch(() => undefined);
                if (call.interrupted) call.resume();
              }}
            >
              {text.tapToPlay}
            </Button>
          )}
        </div>
      </div>
      {chat && chatOpen && <div className={css['chat']}>{chat}</div>}
      <div className={css['controls']}>
        <Control
          icon={call.micOn ? 'mic' : 'mic-off'}
          off={!call.micOn}
          label={call.micOn ? text.mute : text.unmute}
          short={call.micOn ? text.muteShort : text.unmuteShort}
          onClick={call.toggleMic}
        />
        <Control
          icon={call.cameraOn ? 'camera' : 'camera-off'}
          off={!call.cameraOn}
          label={call.cameraOn ? text.stopCamera : text.startCamera}
          short={text.cameraShort}
          onClick={call.toggleCamera}
        />
        {mayShare && (
          <Control
            icon="screen"
            on={call.sharing}
            label={call.sharing ? text.stopSharing : text.shareScreen}
            short={text.shareShort}
            onClick={call.toggleShare}
          />
        )}
        {onToggleChat && (
          <Control
            icon="chat"
            on={chatOpen ?? false}
            label={chatOpen ? text.hideChat : text.showChat}
            short={text.chatShort}
            count={chatOpen ? 0 : unread}
            onClick={onToggleChat}
          />
        )}
        {actions}
        <Control icon="hang-up" leave label={text.leaveCall} short={text.leaveShort} onClick={onLeave} />
      </div>
    </section>
  );
}

interface ControlProps {
  icon: IconName;
  label: string;
  short: string;
  on?: boolean;
  off?: boolean;
  leave?: boolean;
  count?: number;
  onClick: () => void;
}

function Control({ icon, label, short, on, off, leave, count = 0, onClick }: ControlProps) {
  return (
    <button
      type="button"
      className={classNames(css['control'], on && css['on'], off && css['off'], leave && css['leave'])}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <span className={css['disc']}>
        <Icon name={icon} />
        {count > 0 && <b className={css['count']}>{count}</b>}
      </span>
      <span aria-hidden>{short}</span>
    </button>
  );
}
