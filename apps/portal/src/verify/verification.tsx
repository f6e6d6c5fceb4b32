import { api, Button, type Site, useAnnouncer } from '@app/ui';
import { useEffect, useRef, useState } from 'react';
import { usePortalText } from '../text';
import { CodeForm } from './code-form';
import { DetailsForm } from './details-form';
import css from './verify.module.css';

interface VerificationProps {
  site: Site;
  codeSent: boolean;
  onBack: () => void;
  onChanged: () => Promise<void>;
}

/** Two steps, and the same answer to everybody after each: nothing here says whether a record exists. */
export function Verification({ site, codeSent, onBack, onChanged }: VerificationProps) {
  const text = usePortalText();
  const { toast } = useAnnouncer();
  const [step, setStep] = useState<'details' | 'code'>(codeSent ? 'code' : 'details');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [step]);
  return (
    <div className={css['scroll']}>
      <section className={css['sheet']} aria-labelledby="verify-title" data-testid="verification-form">
        <Button look="quiet" icon="back" className={css['back']} onClick={onBack}>
          {text.backToChat}
        </Button>
        <h2 id="verify-title" ref={heading} tabIndex={-1}>
          {step === 'details' ? text.verifyTitle : text.codeTitle}
        </h2>
        {step === 'details' ? (
          <DetailsForm
            sector={site.sector}
            onSend={async (details) => {
              await api.post('/api/client/verification', details);
              setStep('code');
              void onChanged();
            }}
          />
        ) : (
          <CodeForm
            onSend={async (code) => {
              const answer = await api.post<{ result: 'verified' | 'not-verified'; triesLeft?: number }>(
                '/api/client/verification/code',
                { code },
              );
              if (answer.result === 'verified') {
                toast(text.verifiedToast, 'ok');
                onBack();
                await onChanged();
                return undefined;
              }
              return text.codeRefused(answer.triesLeft);
            }}
            onAgain={() => setStep('details')}
          />
        )}
      </section>
    </div>
  );
}
