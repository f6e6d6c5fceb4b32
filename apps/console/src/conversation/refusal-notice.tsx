import { Button, Notice } from '@app/ui';
import type { StaffIntake } from '../protocol';
import { useTexts } from '../texts/use-texts';
import type { Refusal } from './use-refusal';

interface Props {
  refusal: Refusal;
  intake: StaffIntake;
  busy: boolean;
  onAsk: () => void;
  onDismiss: () => void;
}

/** Stands beside the composer: exactly why nothing was sent, and what to do about it. */
export function RefusalNotice({ refusal, intake, busy, onAsk, onDismiss }: Props) {
  const { chat, panel } = useTexts();
  const asked = intake.verification.state === 'requested' || intake.verification.state === 'code-sent';
  const reply = refusal.kind === 'reply';
  /** Fields of an organisation's own are shown by their own names. */
  const fieldName = (field: string) => chat.recordFields[field] ?? field.replaceAll('_', ' ');
  return (
    <div data-testid="disclosure-refusal">
      <Notice
        tone="warn"
        role="alert"
        title={chat.refusedTitle}
        action={
          <>
            {!asked && (
              <Button look="primary" icon="shield" busy={busy} onClick={onAsk}>
                {panel.ask}
              </Button>
            )}
            <Button look="quiet" onClick={onDismiss}>
              {chat.dismiss}
            </Button>
          </>
        }
      >
        <p>
          {reply || refusal.fields.length === 0
            ? chat.refusedReply
            : chat.refusedFields(refusal.fields.map(fieldName).join(', '))}
        </p>
        <p>{asked ? chat.refusedWaiting : reply ? chat.refusedReplyDo : chat.refusedDo}</p>
      </Notice>
    </div>
  );
}
