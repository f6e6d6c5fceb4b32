import { networkOf } from './network';

const bits = { ipv4: 24, ipv6: 56 };

test.each([
  ['192.0.2.7', '192.0.2.250'],
  ['192.0.2.7', '::ffff:192.0.2.9'],
  ['2001:db8:1:2200::1', '2001:0DB8:0001:22ff:aaaa::192.0.2.1'],
  ['fe80::1%eth0', 'fe80::2'],
  ['::1', '0:0:0:0:0:0:0:2'],
  ['not an address', ''],
])('%s and %s are one network', (one, other) => {
  expect(networkOf(one, bits)).toBe(networkOf(other, bits));
});

test.each([
  ['192.0.2.7', '192.0.3.7'],
  ['2001:db8:1:2200::1', '2001:db8:1:2300::1'],
  ['::1', '0.0.0.1'],
])('%s and %s are two', (one, other) => {
  expect(networkOf(one, bits)).not.toBe(networkOf(other, bits));
});
