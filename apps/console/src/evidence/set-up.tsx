import { Button, Card, Notice, useAnnouncer } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import type { Evidence } from './evidence';
import css from './evidence.module.css';

/** What is thereby not proven, and how to change that. Open while something is missing. */
export function SetUp({ evidence }: { evidence: Evidence }) {
  const words = useTexts().evidence;
  const { announce } = useAnnouncer();
  const { vkey } = evidence.log;
  const noWitness = evidence.witnesses.length === 0;
  const noStamps = !evidence.anchors.isConfigured;
  const copy = () => {
    // Without https there is no clipboard; the line can still be marked and copied by hand.
    navigator.clipboard?.writeText(vkey).then(
      () => announce(words.copied),
      () => undefined,
    );
  };
  return (
    <section aria-labelledby="evidence-setup" className={css['part']}>
      <h2 id="evidence-setup">{words.setupTitle}</h2>
      {(noWitness || noStamps) && (
        <Notice tone="warn">
          {noWitness && <p>{words.setupMissing.witness}</p>}
          {noStamps && <p>{words.setupMissing.stamps}</p>}
        </Notice>
      )}
      <Card className={css['stack']}>
        <ul className={css['sentences']}>
          <li>{words.setupSteps.witness}</li>
          <li>{words.setupSteps.stamps}</li>
          <li>{words.setupSteps.paper}</li>
        </ul>
        <div className={css['key']}>
          <span>{words.key}</span>
          <code>{vkey}</code>
          <Button look="quiet" icon="copy" onClick={copy}>
            {words.copyKey}
          </Button>
        </div>
      </Card>
    </section>
  );
}
