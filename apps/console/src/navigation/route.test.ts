import { homeOf, pagesOf, pathOf, routeOf } from './route';

test.each([
  ['/console', { page: 'home' }],
  ['/console/', { page: 'home' }],
  ['/console/desk', { page: 'desk' }],
  ['/console/desk/abc', { page: 'desk', intakeId: 'abc' }],
  ['/console/log', { page: 'log' }],
  ['/console/log/abc', { page: 'missing' }],
  ['/console/exports', { page: 'exports' }],
  ['/console/exports/abc', { page: 'exports', intakeId: 'abc' }],
  ['/console/exports/check', { page: 'exports', isCheck: true }],
  ['/console/desk/a/b', { page: 'missing' }],
  ['/elsewhere/desk', { page: 'missing' }],
])('%s leads to its page', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

test('a path that was made is read back as the same page', () => {
  expect(routeOf(pathOf('desk', 'abc'))).toEqual({ page: 'desk', intakeId: 'abc' });
  expect(routeOf(pathOf('exports'))).toEqual({ page: 'exports' });
});

test('each role sees its own pages and no others', () => {
  expect(pagesOf(['receptionist'])).toEqual(['desk']);
  expect(pagesOf(['clinician'])).toEqual(['desk']);
  expect(pagesOf(['supervisor'])).toEqual(['desk', 'today', 'search']);
  expect(pagesOf(['compliance-officer'])).toEqual(['log', 'search', 'exports', 'erasure', 'evidence']);
  expect(pagesOf(['administrator'])).toEqual(['staff', 'keys', 'erasure', 'evidence']);
  expect(pagesOf([])).toEqual([]);
});

test('several roles see each page once', () => {
  expect(pagesOf(['receptionist', 'supervisor', 'administrator'])).toEqual([
    'desk',
    'today',
    'search',
    'staff',
    'keys',
    'erasure',
    'evidence',
  ]);
});

test('everybody begins at their own work, whatever else they may see', () => {
  expect(homeOf(['administrator'])).toBe('staff');
  expect(homeOf(['compliance-officer'])).toBe('log');
  expect(homeOf(['administrator', 'compliance-officer'])).toBe('log');
  expect(homeOf(['supervisor'])).toBe('desk');
  expect(homeOf([])).toBeUndefined();
});
