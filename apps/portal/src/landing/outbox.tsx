import { api, ApiError, Card, EmptyState, type Locale, Notice, useFormats } from '@app/ui';
import { useEffect, useState } from 'react';
import { Frame } from '../frame/frame';
import { LoadingScreen, NotFoundScreen } from '../frame/screens';
import { errorWords, usePortalText } from '../text';
import css from './landing.module.css';

interface Mail {
  to: string;
  subject: string;
  text: string;
  receivedAt: string;
}

const LOOK_EVERY_MS = 3_000;

/** What a demo has sent by e-mail. The door behind it does not exist outside a demo. */
export function OutboxPage({ onLocale }: { onLocale: (locale: Locale) => void }) {
  const text = usePortalText();
  const format = useFormats();
  const [mails, setMails] = useState<Mail[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const look = () =>
      api.get<{ mails: Mail[] }>('/api/demo/outbox').then(({ mails }) => {
        setMails(mails);
        setError(undefined);
      }, setError);
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const missing = error instanceof ApiError && error.code === 'NOT_FOUND';
  return (
    <Frame plain onLocale={onLocale}>
      {missing ? (
        <NotFoundScreen />
      ) : (
        <div className={css['page']}>
          <div className={css['part']}>
            <h1>{text.landingOutbox}</h1>
            <p className={css['quiet']}>{text.outboxLead}</p>
          </div>
          {error !== undefined && (
            <Notice tone="warn" role="status">
              <p>{errorWords(error, text)}</p>
            </Notice>
          )}
          {!mails && error === undefined && <LoadingScreen />}
          {mails?.length === 0 && (
            <EmptyState icon="note" title={text.outboxEmpty}>
              <p>{text.outboxEmptyText}</p>
            </EmptyState>
          )}
          <ul className={css['mails']} aria-live="polite">
            {mails?.map((mail) => (
              <li key={`${mail.receivedAt} ${mail.to}`} data-testid="mail">
                <Card className={css['mail']}>
                  <h2>{mail.subject}</h2>
                  <p className={css['quiet']}>
                    {text.outboxTo(mail.to)} ·{' '}
                    <time dateTime={mail.receivedAt}>{format.dateTime(mail.receivedAt)}</time>
                  </p>
                  <p className={css['body']}>{mail.text.trim()}</p>
                </Card>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Frame>
  );
}
