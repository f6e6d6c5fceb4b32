import { useFormats } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import type { Evidence } from './evidence';
import css from './evidence.module.css';

/** The policy in force, in sentences. What hangs on a witness or on stamps is said as such while there are none. */
export function PolicyWords({ evidence: { policy, witnesses, anchors } }: { evidence: Evidence }) {
  const words = useTexts().evidence;
  const format = useFormats();
  const acts = policy.heldActs.map((act) => words.acts[act] ?? act).join(', ');
  return (
    <section aria-labelledby="evidence-policy" className={css['part']}>
      <h2 id="evidence-policy">{words.policyTitle}</h2>
      {witnesses.length === 0 && <p>{words.policy.noWitness}</p>}
      <ul className={css['sentences']}>
        <li>{words.policy.goesOn}</li>
        <li>{words.policy.alarm(format.duration(policy.witnessAlarmSeconds))}</li>
        {acts !== '' && <li>{words.policy.lag(format.duration(policy.witnessLagSeconds), acts)}</li>}
        <li>{words.policy.access}</li>
        {anchors.isConfigured && <li>{words.policy.stamp(format.duration(policy.anchorSeconds))}</li>}
      </ul>
      <p className={css['small']}>{words.policy.where}</p>
    </section>
  );
}
