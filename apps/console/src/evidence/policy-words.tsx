import { useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import type { Evidence } from './evidence';
import css from './evidence.module.css';

/** The policy in force, in sentences. */
export function PolicyWords({ policy }: { policy: Evidence['policy'] }) {
  const words = useTexts().evidence;
  const format = useFormats();
  const acts = policy.heldActs.map((act) => words.acts[act] ?? act).join(', ');
  return (
    <section aria-labelledby="evidence-policy" className={css['part']}>
      <h2 id="evidence-policy">{words.policyTitle}</h2>
      <ul className={css['sentences']}>
        <li>{words.policy.goesOn}</li>
        <li>{words.policy.alarm(format.duration(policy.witnessAlarmSeconds))}</li>
        {acts !== '' && <li>{words.policy.lag(format.duration(policy.witnessLagSeconds), acts)}</li>}
        <li>{words.policy.access}</li>
        <li>{words.policy.stamp(format.duration(policy.anchorSeconds))}</li>
      </ul>
      <p className={css['small']}>{words.policy.where}</p>
    </section>
  );
}
