import {
  api,
  ApiError,
  type Answers,
  Button,
  Checkbox,
  type ClientIntake,
  type FormField,
  Notice,
  type Site,
  useAnnouncer,
  useLocal,
  useLocale,
} from '@app/ui';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { errorWords, usePortalText } from '../text';
import { FieldOf } from './field-of';
import { answersToSend, type Problem, problemsOf, visibleFields } from './form-rules';
import css from './home.module.css';

interface IntakeFormProps {
  site: Site;
  onStarted: (intake: ClientIntake) => void;
  onStale: () => Promise<void>;
}

const NOTICE_ID = 'privacy-yes';

/** The site's own questions, the privacy notice, and a yes to it. */
export function IntakeForm({ site, onStarted, onStale }: IntakeFormProps) {
  const text = usePortalText();
  const local = useLocal();
  const locale = useLocale();
  const { announce } = useAnnouncer();
  const [answers, setAnswers] = useState<Answers>({});
  const [agreed, setAgreed] = useState(false);
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => summary.current?.focus(), [tries]);

  const answer = (id: string, value: string) => {
    const next = { ...answers, [id]: value };
    const before = visibleFields(site.form, answers).length;
    setAnswers(next);
    setProblems((was) => new Map([...was].filter(([field]) => field !== id)));
    const after = visibleFields(site.form, next);
    if (after.length > before)
      announce(local(after.find((field) => field.when?.field === id)?.label ?? { en: '', es: '' }));
  };
  const words = (field: FormField, problem: Problem) => {
    if (problem === 'contact') return text.needContact;
    if (problem === 'too-long') return text.tooLong(local(field.label), field.maxLength ?? 0);
    return problem === 'choice' ? text.needChoice(local(field.label)) : text.needText(local(field.label));
  };
  const check = () => {
    const found = new Map<string, string>();
    for (const [id, problem] of problemsOf(site.form, answers)) {
      const field = site.form.find((one) => one.id === id);
      if (field) found.set(id, words(field, problem));
    }
    if (!agreed) found.set(NOTICE_ID, text.needYes);
    return found;
  };
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const found = check();
    setProblems(found);
    setFailure(undefined);
    if (found.size > 0) return setTries((count) => count + 1);
    setBusy(true);
    try {
      const page = {
        url: location.origin + location.pathname,
        ...(document.referrer && { referrer: document.referrer.slice(0, 2_000) }),
      };
      const body = {
        locale,
        noticeVersion: site.notice.version,
        answers: answersToSend(site.form, answers),
        page,
      };
      onStarted(await api.post<ClientIntake>(`/api/sites/${site.slug}/intakes`, body));
    } catch (error) {
      setBusy(false);
      setFailure(errorWords(error, text));
      setTries((count) => count + 1);
      if (error instanceof ApiError && error.code === 'NOTICE_CHANGED') {
        setAgreed(false);
        await onStale().catch(() => undefined);
      }
    }
  };

  return (
    <form
      className={css['form']}
      noValidate
      onSubmit={(event) => void send(event)}
      aria-labelledby="form-title"
    >
      <div>
        <h2 id="form-title">{text.formTitle}</h2>
        <p className={css['quiet']}>{text.formLead}</p>
      </div>
      {problems.size > 0 && (
        <Notice
          ref={summary}
          tone="danger"
          role="alert"
          tabIndex={-1}
          title={text.summaryTitle(problems.size)}
        >
          <ul className={css['problems']}>
            {[...problems].map(([id, words]) => (
              <li key={id}>
                <a
                  href={`#${fieldId(id)}`}
                  onClick={(event) => {
                    event.preventDefault();
                    document.getElementById(fieldId(id))?.focus();
                  }}
                >
                  {words}
                </a>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {failure && (
        <Notice ref={summary} tone="danger" role="alert" tabIndex={-1}>
          <p>{failure}</p>
        </Notice>
      )}
      {visibleFields(site.form, answers).map((field) => (
        <FieldOf
          key={field.id}
          id={fieldId(field.id)}
          field={field}
          value={answers[field.id] ?? ''}
          error={problems.get(field.id)}
          onChange={(value) => answer(field.id, value)}
        />
      ))}
      <div className={css['notice']}>
        <h3 id="notice-title">
          {text.noticeTitle} <span className={css['quiet']}>{text.noticeVersion(site.notice.version)}</span>
        </h3>
        <div className={css['noticeText']} tabIndex={0} role="region" aria-labelledby="notice-title">
          {local(site.notice.text)
            .split(/\n{2,}/)
            .map((paragraph, index) => (
              <p key={index}>{paragraph}</p>
            ))}
        </div>
        <Checkbox
          id={fieldId(NOTICE_ID)}
          checked={agreed}
          error={problems.get(NOTICE_ID)}
          onChange={(yes) => {
            setAgreed(yes);
            setProblems((was) => new Map([...was].filter(([field]) => field !== NOTICE_ID)));
          }}
        >
          {text.noticeYes}
        </Checkbox>
      </div>
      <Button type="submit" look="primary" wide busy={busy}>
        {site.open ? text.start : text.leaveMessage}
      </Button>
    </form>
  );
}

function fieldId(id: string): string {
  return `field-${id}`;
}
