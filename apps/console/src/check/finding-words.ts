import type { Finding } from '../../../../audit/verify/form/problem.mjs';
import type { ConsoleTexts } from '../texts/texts';

/** Returns in plain words what a finding says. What is not known by its code is said in general. */
export function findingWords(
  { code, index, file }: Finding,
  texts: ConsoleTexts['check'],
  number: (n: number) => string,
): string {
  const words = Object.hasOwn(texts.findings, code)
    ? texts.findings[code as keyof typeof texts.findings]
    : texts.findings.other;
  const entry = texts.entryName(index === undefined ? '?' : number(index));
  const said = words({ entry, file: file ?? 'manifest.json' });
  return said.charAt(0).toUpperCase() + said.slice(1);
}
