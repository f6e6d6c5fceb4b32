/** Where one can be in the console. `intakeId` is the conversation that stands open on the desk, or is to be exported, held or erased. */
export type Route =
  | { page: 'home' }
  | { page: 'desk'; intakeId?: string }
  | { page: 'today' }
  | { page: 'log' }
  | { page: 'search' }
  | { page: 'exports'; intakeId?: string; isCheck?: boolean }
  | { page: 'erasure'; intakeId?: string }
  | { page: 'evidence' }
  | { page: 'staff' }
  | { page: 'keys' }
  | { page: 'missing' };

export type Page =
  'desk' | 'today' | 'log' | 'search' | 'exports' | 'erasure' | 'evidence' | 'staff' | 'keys';

export type Role = 'receptionist' | 'clinician' | 'supervisor' | 'compliance-officer' | 'administrator';

const PAGES_OF: Record<Role, readonly Page[]> = {
  receptionist: ['desk'],
  clinician: ['desk'],
  supervisor: ['desk', 'today', 'search'],
  'compliance-officer': ['log', 'search', 'exports', 'erasure', 'evidence'],
  administrator: ['staff', 'keys', 'erasure', 'evidence'],
};

/** In this order they stand in the navigation. */
const ORDER: readonly Page[] = [
  'desk',
  'today',
  'log',
  'search',
  'exports',
  'staff',
  'keys',
  'erasure',
  'evidence',
];

/** Returns what a path names; a trailing slash changes nothing. */
export function routeOf(path: string): Route {
  const [first, page, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (first !== 'console' || rest.length > 0) return { page: 'missing' };
  if (page === undefined) return { page: 'home' };
  if (page === 'exports' && id === 'check') return { page, isCheck: true };
  if (page === 'desk' || page === 'exports' || page === 'erasure')
    return id === undefined ? { page } : { page, intakeId: id };
  if (id !== undefined) return { page: 'missing' };
  if (page === 'today' || page === 'log' || page === 'staff' || page === 'keys') return { page };
  if (page === 'search' || page === 'evidence') return { page };
  return { page: 'missing' };
}

/** Returns the path of a page; `part` is the conversation of the desk, or a page below this one. */
export function pathOf(page: Page, part?: string): string {
  return part === undefined ? `/console/${page}` : `/console/${page}/${part}`;
}

/** Returns where somebody with these roles begins: the page that their work is on, in the order of the navigation. */
export function homeOf(roles: readonly Role[]): Page | undefined {
  return ORDER.find((page) => roles.some((role) => PAGES_OF[role][0] === page));
}

/** Returns the pages that somebody with these roles may open, in the order of the navigation. */
export function pagesOf(roles: readonly Role[]): Page[] {
  return ORDER.filter((page) => roles.some((role) => PAGES_OF[role].includes(page)));
}
