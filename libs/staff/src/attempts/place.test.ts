import { placeOf } from './place';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:0000:0000:0000:0009', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the address %s counts as %s', (ip, place) => {
  expect(placeOf(ip)).toBe(place);
});

test('two addresses of one IPv6 network are one place, of two networks two', () => {
  expect(placeOf('2001:db8:0:1::a')).toBe(placeOf('2001:db8:0:1:ffff:ffff:ffff:ffff'));
  expect(placeOf('2001:db8:0:1::a')).not.toBe(placeOf('2001:db8:0:2::a'));
});
