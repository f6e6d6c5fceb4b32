import { api, Button, Notice, RadioGroup, TextArea, useAnnouncer } from '@app/ui';
import { type FormEvent, useState } from 'react';
import { errorWords, usePortalText } from '../text';
import css from './chat.module.css';

interface ClosingProps {
  rated: boolean;
  onRated: () => Promise<void>;
  onRestart: () => void;
}

/** What stands under a conversation that is over: the rating, thanks for it, and the way to a new one. */
export function Closing({ rated, onRated, onRestart }: ClosingProps) {
  const text = usePortalText();
  const { announce } = useAnnouncer();
  const [score, setScore] = useState('');
  const [comment, setComment] = useState('');
  const [error, setError] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(rated);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (score === '') {
      setError(text.rateNeeded);
      document.getElementById('rating-score')?.focus();
      return;
    }
    setBusy(true);
    setFailure(undefined);
    try {
      const said = comment.trim();
      await api.post('/api/client/rating', { score: Number(score), ...(said && { comment: said }) });
      setDone(true);
      announce(text.rateThanks);
      await onRated();
    } catch (problem) {
      setFailure(errorWords(problem, text));
    }
    setBusy(false);
  };

  return (
    <div className={css['closing']}>
      {done || rated ? (
        <Notice tone="ok" role="status">
          <p>{text.rateThanks}</p>
        </Notice>
      ) : (
        <form
          className={css['rating']}
          data-testid="rating-form"
          aria-label={text.rateTitle}
          noValidate
          onSubmit={(event) => void send(event)}
        >
          <h2>{text.rateTitle}</h2>
          {failure && (
            <Notice tone="danger" role="alert">
              <p>{failure}</p>
            </Notice>
          )}
          <RadioGroup
            id="rating-score"
            row
            label={text.rateText}
            value={score}
            error={error}
            onChange={(value) => {
              setScore(value);
              setError(undefined);
            }}
            options={text.rateWords.map((word, index) => ({ value: String(index + 1), label: word }))}
          />
          <TextArea
            label={text.rateComment}
            optional
            rows={2}
            maxLength={1_000}
            value={comment}
            onChange={setComment}
          />
          <Button type="submit" look="primary" busy={busy}>
            {text.rateSend}
          </Button>
        </form>
      )}
      <p className={css['quiet']}>{text.closedComposer}</p>
      <Button icon="chat" onClick={onRestart}>
        {text.startAgain}
      </Button>
    </div>
  );
}
