import { api, ApiError, Button, Notice, TextField } from '@app/ui';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import type { Me } from '../protocol';
import css from './sign-in.module.css';

interface Props {
  challenge: string;
  onSignedIn: (me: Me) => void;
  onStartAgain: (why?: string) => void;
}

/** The second factor. A code may be pasted with spaces; the sixth digit sends it. */
export function CodeForm({ challenge, onSignedIn, onStartAgain }: Props) {
  const texts = useTexts();
  const [code, setCode] = useState('');
  const [failure, setFailure] = useState<string>();
  const [malformed, setMalformed] = useState(false);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);

  const send = async (digits: string) => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      onSignedIn(await api.post<Me>('/api/staff/sign-in/totp', { challenge, code: digits }));
    } catch (error) {
      const words = failureWords(error, texts);
      setCode('');
      if (error instanceof ApiError && error.code !== 'SIGN_IN_FAILED' && error.code !== 'UNREACHABLE')
        onStartAgain(words);
      else setFailure(words);
      box.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const onChange = (value: string) => {
    const digits = value.replace(/\D/g, '').slice(0, 6);
    setCode(digits);
    setMalformed(false);
    if (digits.length === 6 && digits !== code) void send(digits);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === 6) void send(code);
    else setMalformed(true);
  };

  return (
    <form className={css['form']} onSubmit={submit} noValidate>
      <header>
        <h1 className={css['title']}>{texts.signIn.codeTitle}</h1>
        <p className={css['intro']}>{texts.signIn.codeIntro}</p>
      </header>
      {failure !== undefined && (
        <Notice tone="danger" role="alert">
          {failure}
        </Notice>
      )}
      <TextField
        ref={box}
        className={css['code']}
        label={texts.signIn.code}
        value={code}
        onChange={onChange}
        error={malformed ? texts.signIn.codeMalformed : undefined}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {texts.signIn.signIn}
      </Button>
      <Button look="quiet" wide onClick={() => onStartAgain()}>
        {texts.signIn.startAgain}
      </Button>
    </form>
  );
}
