import { Button } from '../controls/button';
import { Icon } from '../feedback/icon';
import type { PendingMessage } from '../connection/conversation';
import { useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import css from './message-list.module.css';

interface Props {
  pending: PendingMessage;
  onRetry: (clientMsgId: string) => void;
  onDiscard: (clientMsgId: string) => void;
  failure?: (pending: PendingMessage) => string | undefined;
}

/** A message on its way, or one that the server refused. */
export function PendingBubble({ pending, onRetry, onDiscard, failure }: Props) {
  const text = useUiText();
  const failed = pending.state === 'failed';
  return (
    <article className={classNames(css['line'], css['mine'], css['first'], failed && css['failed'])}>
      <p className="for-readers">{text.you}</p>
      <div className={css['bubble']} dir="auto">
        {pending.text}
      </div>
      {failed ? (
        <div className={css['failure']}>
          <p>
            <Icon name="alert" /> {failure?.(pending) ?? `${text.notSent} ${pending.error?.message ?? ''}`}
          </p>
          <Button look="quiet" onClick={() => onRetry(pending.clientMsgId)}>
            {text.retry}
          </Button>
          <Button look="quiet" onClick={() => onDiscard(pending.clientMsgId)}>
            {text.discard}
          </Button>
        </div>
      ) : (
        <p className={css['meta']}>
          <span data-delivery="sending">
            <Icon name="clock" /> {text.sending}
          </span>
        </p>
      )}
    </article>
  );
}
