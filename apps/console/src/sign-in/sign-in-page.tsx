import { api, ApiError, Button, Notice, TextField } from '@app/ui';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import type { Me } from '../protocol';
import { LanguageSwitch } from '../shell/language-switch';
import { Mark } from '../shell/mark';
import { CodeForm } from './code-form';
import css from './sign-in.module.css';

interface Props {
  onSignedIn: (me: Me) => void;
}

/** Organisation, e-mail and password; then the code. The organisation may stand in the address: `?org=slug`. */
export function SignInPage({ onSignedIn }: Props) {
  const texts = useTexts();
  const [challenge, setChallenge] = useState<string>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    document.title = `${texts.signIn.title} · ${texts.product}`;
  }, [texts]);

  /** A challenge that the server no longer knows cannot be answered: begin again, and say why. */
  const startAgain = (why?: string) => {
    setChallenge(undefined);
    setFailure(why);
  };

  return (
    <main className={css['page']}>
      <div className={css['sheet']}>
        <Mark />
        {challenge === undefined ? (
          <PasswordForm failure={failure} setFailure={setFailure} onChallenge={setChallenge} />
        ) : (
          <CodeForm challenge={challenge} onSignedIn={onSignedIn} onStartAgain={startAgain} />
        )}
      </div>
      <LanguageSwitch />
    </main>
  );
}

interface PasswordFormProps {
  failure: string | undefined;
  setFailure: (failure: string | undefined) => void;
  onChallenge: (challenge: string) => void;
}

function PasswordForm({ failure, setFailure, onChallenge }: PasswordFormProps) {
  const texts = useTexts();
  const [organisation, setOrganisation] = useState(
    () => new URLSearchParams(location.search).get('org') ?? '',
  );
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const missing = (value: string) => (tried && value.trim() === '' ? texts.signIn.fieldMissing : undefined);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const empty = [organisation, email, password].findIndex((value) => value.trim() === '');
    if (empty >= 0) {
      form.current?.querySelectorAll('input')[empty]?.focus();
      return;
    }
    setBusy(true);
    setFailure(undefined);
    try {
      const body = { organisation: organisation.trim(), email: email.trim(), password };
      const { challenge } = await api.post<{ challenge: string }>('/api/staff/sign-in', body);
      onChallenge(challenge);
    } catch (error) {
      // What was typed is too odd to be right: said as for any other mistake.
      const malformed = error instanceof ApiError && error.code === 'INPUT_MALFORMED';
      setFailure(failureWords(malformed ? { code: 'SIGN_IN_FAILED' } : error, texts));
      setPassword('');
      setTried(false);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={form} className={css['form']} onSubmit={submit} noValidate>
      <header>
        <h1 className={css['title']}>{texts.signIn.title}</h1>
        <p className={css['intro']}>{texts.signIn.intro}</p>
      </header>
      {failure !== undefined && (
        <Notice tone="danger" role="alert">
          {failure}
        </Notice>
      )}
      <TextField
        label={texts.signIn.organisation}
        hint={texts.signIn.organisationHint}
        value={organisation}
        onChange={setOrganisation}
        error={missing(organisation)}
        name="organisation"
        autoComplete="organization"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <TextField
        label={texts.signIn.email}
        value={email}
        onChange={setEmail}
        error={missing(email)}
        type="email"
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <TextField
        label={texts.signIn.password}
        value={password}
        onChange={setPassword}
        error={missing(password)}
        type="password"
        name="password"
        autoComplete="current-password"
        required
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {texts.signIn.next}
      </Button>
    </form>
  );
}
