import { Badge, Button, type Tone } from '@app/ui';
import type { StaffIntake } from '../protocol';
import type { ConsoleTexts } from '../texts/texts';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

interface Props {
  intake: StaffIntake;
  mine: boolean;
  asking: boolean;
  onAsk: () => void;
}

/** Whether the client is known, and how to find out. */
export function IdentityPart({ intake, mine, asking, onAsk }: Props) {
  const texts = useTexts();
  const { tone, name, text } = wordsOf(intake, texts);
  const known = intake.assurance === 'V1';
  const { state } = intake.verification;
  return (
    <section className={css['part']} aria-labelledby="identity-title">
      <div className={css['partHead']}>
        <h3 id="identity-title">{texts.panel.identity}</h3>
        <Badge tone={tone}>{name}</Badge>
      </div>
      {text !== undefined && <p className={css['small']}>{text}</p>}
      {mine && !known && state !== 'locked' && (
        <Button
          look={state === 'none' ? 'primary' : 'secondary'}
          icon="shield"
          wide
          busy={asking}
          data-testid="ask-to-verify"
          onClick={onAsk}
        >
          {state === 'none' ? texts.panel.ask : texts.panel.askAgain}
        </Button>
      )}
    </section>
  );
}

function wordsOf(intake: StaffIntake, { panel }: ConsoleTexts): { tone: Tone; name: string; text?: string } {
  if (intake.assurance === 'V1') return { tone: 'ok', name: panel.v1 };
  switch (intake.verification.state) {
    case 'requested':
      return { tone: 'info', name: panel.requested, text: panel.requestedText };
    case 'code-sent':
      return { tone: 'info', name: panel.codeSent, text: panel.requestedText };
    case 'locked':
      return { tone: 'danger', name: panel.locked, text: panel.lockedText };
    default:
      return { tone: 'warn', name: panel.anon, text: panel.anonText };
  }
}
