import {
  Badge,
  Button,
  Card,
  Icon,
  Notice,
  Spinner,
  useAnnouncer,
  useFormats,
  useLocal,
  useLocale,
} from '@app/ui';
import { useId, useState } from 'react';
import { shortId } from '../exports/export-words';
import { go } from '../navigation/go';
import { pathOf } from '../navigation/route';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { MarkedText } from './marked-text';
import css from './search.module.css';
import type { Context, Hit, MarkedMessage } from './shapes';

/** A conversation that was found: when, which queue, what about. Its messages are fetched when somebody asks for them. */
export function HitItem({ searchId, hit }: { searchId: string; hit: Hit }) {
  const texts = useTexts();
  if (hit.access === 'denied')
    return (
      <Card className={css['hit']}>
        <p className={css['closed']}>
          <Icon name="lock" /> <strong>{texts.search.denied}</strong>
        </p>
        <p className={css['meta']}>{texts.search.deniedText}</p>
      </Card>
    );
  return <OpenHit searchId={searchId} hit={hit} />;
}

function OpenHit({ searchId, hit }: { searchId: string; hit: Exclude<Hit, { access: 'denied' }> }) {
  const texts = useTexts();
  const local = useLocal();
  const locale = useLocale();
  const format = useFormats();
  const { ask, me } = useSession();
  const { announce } = useAnnouncer();
  const [context, setContext] = useState<Context>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const days = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const when = days.formatRange(new Date(hit.firstAt), new Date(hit.lastAt));
  const topic = local(hit.topic);

  const open = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setContext(await ask.get<Context>(`/api/staff/searches/${searchId}/hits/${hit.intakeId}`));
      announce(texts.search.opened);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <Card className={css['hit']} role="article" aria-label={`${topic}, ${when}`}>
      <div className={css['hitHead']}>
        <h3>{topic}</h3>
        <Badge tone={hit.access === 'erased' ? 'warn' : 'info'}>
          {hit.access === 'erased' ? texts.search.erasedRow : texts.search.hits(format.number(hit.messages))}
        </Badge>
      </div>
      <p className={css['meta']}>
        {when} · {hit.queue.name} · {texts.search.number(shortId(hit.intakeId))}
      </p>
      {hit.access === 'erased' && <p className={css['meta']}>{texts.search.erasedRowText}</p>}
      {hit.access === 'allowed' && (
        <div className={css['acts']}>
          <Button
            icon={context === undefined ? 'lock' : 'close'}
            busy={busy}
            aria-expanded={context !== undefined}
            aria-controls={id}
            aria-label={context === undefined ? texts.search.openOf(topic, when) : texts.search.hide}
            onClick={() => (context === undefined ? void open() : setContext(undefined))}
          >
            {context === undefined ? texts.search.open : texts.search.hide}
          </Button>
          {me.roles.includes('compliance-officer') && (
            <>
              <Button look="quiet" icon="download" onClick={() => go(pathOf('exports', hit.intakeId))}>
                {texts.search.exportThis}
              </Button>
              <Button look="quiet" icon="lock" onClick={() => go(pathOf('erasure', hit.intakeId))}>
                {texts.erasure.fromLog}
              </Button>
            </>
          )}
        </div>
      )}
      <div id={id} className={css['context']} hidden={context === undefined && error === undefined && !busy}>
        {busy && <Spinner label={texts.common.loading} />}
        {error !== undefined && (
          <Notice tone="danger" role="alert">
            {failureWords(error, texts)}
          </Notice>
        )}
        {context !== undefined && <Messages context={context} />}
      </div>
    </Card>
  );
}

function Messages({ context }: { context: Context }) {
  const texts = useTexts();
  const format = useFormats();
  return (
    <>
      {context.shown < context.hits && (
        <p className={css['meta']}>
          {texts.search.shownOf(format.number(context.shown), format.number(context.hits))}
        </p>
      )}
      <ol className={css['messages']}>
        {context.messages
          .filter(({ author }) => author.kind !== 'system')
          .map((message, i, all) => (
            <Line key={message.seq} message={message} before={all[i - 1]} />
          ))}
      </ol>
    </>
  );
}

function Line({ message, before }: { message: MarkedMessage; before: MarkedMessage | undefined }) {
  const texts = useTexts();
  const format = useFormats();
  const { author, text, marks, sentAt, seq } = message;
  const isGap = before !== undefined && seq - before.seq > 1;
  return (
    <li className={css['line']} data-author={author.kind} data-hit={marks.length > 0}>
      {isGap && <p className={css['gap']}>{texts.search.gap}</p>}
      <p className={css['who']}>
        {author.name ?? (author.kind === 'client' ? texts.search.client : texts.search.staff)}
        <time dateTime={sentAt}>{format.dateTime(sentAt)}</time>
      </p>
      <p className={css['said']} dir="auto">
        <MarkedText text={text} marks={marks} />
      </p>
    </li>
  );
}
