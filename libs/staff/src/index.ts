export type { AddedStaff, NewStaff, RosterRow } from './roster/roster.service';
export { Roster } from './roster/roster.service';
export type { Me } from './sessions/me.store';
export { principalForTicket, StandsForStaff } from './sessions/session.store';
export { Sessions } from './sessions/sessions.service';
export { StaffModule } from './staff.module';
