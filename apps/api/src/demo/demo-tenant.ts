import type { SiteDefinition, Text } from '@app/desk';
import type { RecordDefinition } from '@app/identity';
import type { Role } from '@app/platform';
import type { NewTenant } from '@app/desk';

/** One organisation of the demo, whole. Everybody and everything in it is made up. */
export interface DemoTenant extends NewTenant {
  /** Names of its queues, by the key that the rest of this names them by. */
  readonly queues: Readonly<Record<string, string>>;
  readonly site: {
    /** Also the address of the site: `/p/<slug>`. */
    readonly slug: string;
    readonly name: string;
    readonly definition: Omit<SiteDefinition, 'topics'>;
    /** Which queue a topic goes to, by its key. */
    readonly topics: Readonly<Record<string, string>>;
    readonly notice: Text;
  };
  readonly replies: readonly { readonly title: string; readonly body: Text }[];
  readonly staff: readonly DemoStaff[];
  readonly records: {
    readonly definition: RecordDefinition;
    /** @param day - returns the date of a working day so many days from now, as `YYYY-MM-DD`. */
    readonly csv: (day: (ahead: number) => string) => string;
  };
}

export interface DemoStaff {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly queues: readonly string[];
}

/** Opening hours of several days alike. Day 0 is Sunday. */
export function hoursOn(
  days: readonly (0 | 1 | 2 | 3 | 4 | 5 | 6)[],
  ...intervals: readonly (readonly [opens: string, closes: string])[]
): SiteDefinition['hours'] {
  return days.flatMap((day) => intervals.map(([opens, closes]) => ({ day, opens, closes })));
}

export const YES_OR_NO: { value: string; label: { en: string; es: string } }[] = [
  { value: 'yes', label: { en: 'Yes', es: 'Sí' } },
  { value: 'no', label: { en: 'No', es: 'No' } },
];
