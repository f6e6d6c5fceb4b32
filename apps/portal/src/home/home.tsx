import { Badge, Card, type ClientIntake, Icon, type Site, useFormats, useLocal } from '@app/ui';
import { usePortalText } from '../text';
import css from './home.module.css';
import { Hours } from './hours';
import { IntakeForm } from './intake-form';

interface HomeProps {
  site: Site;
  onStarted: (intake: ClientIntake) => void;
  /** The site has changed on the server: fetch it again. */
  onStale: () => Promise<void>;
}

export function Home({ site, onStarted, onStale }: HomeProps) {
  const text = usePortalText();
  const local = useLocal();
  return (
    <div className={css['home']}>
      <div className={css['who']}>
        <h1>{local(site.answeredBy)}</h1>
        <Presence site={site} />
        <Hours site={site} />
        <div className={css['private']}>
          <Icon name="lock" />
          <div>
            <h2>{text.privateTitle}</h2>
            <p>{text.privateText}</p>
            <p>{text.leaveHint}</p>
          </div>
        </div>
      </div>
      <Card className={css['sheet']}>
        <IntakeForm site={site} onStarted={onStarted} onStale={onStale} />
      </Card>
    </div>
  );
}

function Presence({ site }: { site: Site }) {
  const text = usePortalText();
  const format = useFormats(site.timeZone);
  const here = site.open && site.staffPresent;
  const opens =
    site.nextOpening && text.opensAt(`${format.day(site.nextOpening)}, ${format.time(site.nextOpening)}`);
  return (
    <div className={css['presence']} data-testid="presence">
      <Badge tone={here ? 'ok' : site.open ? 'info' : 'warn'}>
        <span className={css['dot']} aria-hidden />{' '}
        {here ? text.hereNow : site.open ? text.openNobody : text.closedNow}
      </Badge>
      <p>
        {here ? text.hereNowText : site.open ? text.openNobodyText : (opens ?? text.closedText)}{' '}
        {site.open && text.waitingCount(site.waiting)}
      </p>
    </div>
  );
}
