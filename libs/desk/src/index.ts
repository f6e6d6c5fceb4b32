export { DeskModule } from './desk.module';
export { checkAnswers, type CheckedAnswers, type Contact, contactOf, type ShownAnswer } from './form/answers';
export type { FormField } from './form/form';
export { initialsOf } from './form/initials';
export type { Locale, Text } from './form/text';
export { type CannedReply, CannedReplyService } from './replies/canned-reply.service';
export { fieldsOf, fill, type Merge, recordFieldsOf } from './replies/merge-fields';
export { isOpen, nextOpening, type OpeningTimes } from './site/hours';
export {
  type Notice,
  type NewSite,
  type Queue,
  type SiteCard,
  SiteService,
  type SiteView,
} from './site/site.service';
export {
  parseDefinition,
  queueFor,
  queuesServing,
  type SiteDefinition,
  topicLabel,
} from './site/site-definition';
export { type NewTenant, type Sector, TenantService } from './tenant/tenant.service';
export { type QueueNow, type Today, TodayService } from './today/today.service';
