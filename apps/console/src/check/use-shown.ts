import { useFormats, useLocale } from '@app/ui';
import type { EntryReport } from '../../../../audit/verify/entry-proof.mjs';
import { useTexts } from '../texts/use-texts';

/** Returns, line by line, what a file that holds shows, and what it does not. */
export function useShown({ bundle, entry, trust }: EntryReport): { shows: string[]; not: string[] } {
  const texts = useTexts().check;
  const { number, dateTime } = useFormats();
  const day = new Intl.DateTimeFormat(useLocale(), { dateStyle: 'medium' });
  const witnesses = trust?.witnesses ?? [];
  const stamps = trust?.stamps ?? [];
  const shows = [
    ...(entry ? [texts.showsEntry(number(entry.index), number(entry.size))] : []),
    ...(bundle ? ofBundle(bundle) : []),
    ...(trust?.previous === undefined ? [] : [texts.showsPrevious(number(trust.previous))]),
    ...(trust?.against === undefined ? [] : [texts.showsAgainst(number(trust.against))]),
    ...witnesses.map(({ name, time }) => texts.showsWitness(name, dateTime(time))),
    ...stamps.map(({ size, time }) => texts.showsStamp(number(size), dateTime(time))),
  ];
  const isGiven = trust?.server?.from === 'given' || trust?.log?.from === 'given';
  const isHeld = witnesses.length > 0 || stamps.length > 0 || trust?.against !== undefined;
  const not = [
    ...texts.not,
    ...(isGiven ? [] : [texts.notKeys]),
    ...(isHeld ? [] : [texts.notWitness]),
    ...(witnesses.some(({ from }) => from === 'bundle') ? [texts.notBundleWitness] : []),
  ];
  return { shows, not };

  function ofBundle({
    counts,
    range,
    scope,
    intakes,
    wholeIntakes,
    messages,
    openings,
    source,
  }: NonNullable<EntryReport['bundle']>) {
    return [
      texts.showsEntries(number(counts.included), number(range.to - range.from)),
      ...(counts.withheld > 0 ? [texts.showsWithheld(number(counts.withheld))] : []),
      scope.kind === 'intake'
        ? texts.showsIntake(scope.intake)
        : // The period ends where the next day begins; that moment is not part of it.
          texts.showsPeriod(day.formatRange(new Date(scope.from), new Date(Date.parse(scope.to) - 1))),
      ...(intakes > 0 ? [texts.showsIntakes(number(wholeIntakes), number(intakes))] : []),
      ...(messages
        ? [texts.showsMessages(number(messages.opened), number(messages.redacted), number(messages.events))]
        : []),
      ...(openings > 0 ? [texts.showsOpenings(number(openings))] : []),
      ...(source ? [texts.showsSource] : []),
    ];
  }
}
