export { ConsultClient } from './consult-client';
export {
  type ConsultEndedBy,
  ConsultError,
  type ConsultEvents,
  type ConsultOptions,
  type ConsultPeer,
  type ConsultSource,
  type ConsultState,
  type ConsultStats,
  type ConsultTicket,
} from './consult-types';
