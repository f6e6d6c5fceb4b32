import { parseCosignerVkey } from '@app/audit';

/**
 * Returns the text of a C2SP tlog-policy: the log's key, its witnesses, and how many of them must have seen a checkpoint.
 * It is what the server says a reader should ask for; what a reader asks for is theirs to say.
 *
 * @param quorum - with no witnesses it is none.
 */
export function trustPolicy(
  logVkey: string,
  witnesses: readonly { readonly vkey: string }[],
  quorum: number,
): string {
  const named = witnesses.map(({ vkey }) => ({ vkey, name: parseCosignerVkey(vkey).name }));
  const lines = [`log ${logVkey}`, ...named.map(({ name, vkey }) => `witness ${name} ${vkey}`)];
  if (named.length === 0 || quorum === 0) return `${[...lines, 'quorum none'].join('\n')}\n`;
  const group = `group witnesses ${quorum} ${named.map(({ name }) => name).join(' ')}`;
  return `${[...lines, group, 'quorum witnesses'].join('\n')}\n`;
}
