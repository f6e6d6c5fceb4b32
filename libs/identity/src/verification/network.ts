import { isIP } from 'node:net';

/** How many leading bits of an address are one network. */
export interface PrefixBits {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** Returns the network that an address belongs to: as bits, so that no two spellings of one differ. What is no address is one network. */
export function networkOf(address: string, bits: PrefixBits): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 4) return `4/${bitsOf(plain.split('.'), 10, 8).slice(0, bits.ipv4)}`;
  if (version === 6) return `6/${bitsOf(groupsOf(plain), 16, 16).slice(0, bits.ipv6)}`;
  return 'unknown';
}

function bitsOf(parts: readonly string[], radix: number, width: number): string {
  return parts.map((part) => Number.parseInt(part, radix).toString(2).padStart(width, '0')).join('');
}

/** The eight groups of an IPv6 address, `::` and a dotted end written out (RFC 4291, section 2.2). */
function groupsOf(address: string): string[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  if (tail === undefined) return groups(head);
  const gap = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(gap).fill('0'), ...groups(tail)];
}
