import { Button, TextField } from '@app/ui';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { errorWords, usePortalText } from '../text';
import css from './verify.module.css';

/** `onSend` returns what to say when the code was not the one. */
export function CodeForm({
  onSend,
  onAgain,
}: {
  onSend: (code: string) => Promise<string | undefined>;
  onAgain: () => void;
}) {
  const text = usePortalText();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (problem) input.current?.focus();
  }, [problem]);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setProblem(undefined);
    if (code.length !== 6) return setProblem(text.codeWrong);
    setBusy(true);
    try {
      const words = await onSend(code);
      setProblem(words);
      if (words !== undefined) setCode('');
    } catch (error) {
      setProblem(errorWords(error, text));
    }
    setBusy(false);
  };

  return (
    <form className={css['form']} noValidate onSubmit={(event) => void send(event)}>
      <p>{text.codeText}</p>
      <TextField
        ref={input}
        className={css['code']}
        label={text.codeLabel}
        inputMode="numeric"
        autoComplete="one-time-code"
        data-testid="code-input"
        value={code}
        error={problem}
        // No maxlength: a code that is pasted with spaces must not be cut.
        onChange={(typed) => setCode(typed.replace(/\D/g, '').slice(0, 6))}
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {text.codeSend}
      </Button>
      <p className={css['quiet']}>{text.codeNone}</p>
      <Button look="quiet" onClick={onAgain}>
        {text.codeAgain}
      </Button>
    </form>
  );
}
