export { type Action, ACTIONS, type Audience, OPEN_DOORS, type OpenDoor } from './actions';
export {
  type AccessRequest,
  type ClientFacts,
  type Decision,
  type IntakeFacts,
  PolicySet,
  type StaffFacts,
  type TenantFacts,
} from './decide';
export { type EvidencePolicy, evidencePolicy } from './evidence';
export { type IdentityLimits, identityLimits } from './governance';
