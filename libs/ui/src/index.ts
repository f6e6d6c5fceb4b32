import './style/tokens.css';
import './style/base.css';

export { classNames } from './style/class-names';
export {
  Button,
  ButtonLink,
  IconButton,
  type ButtonLook,
  type ButtonProps,
  type ButtonLinkProps,
  type IconButtonProps,
} from './controls/button';
export {
  Checkbox,
  RadioGroup,
  Select,
  type CheckboxProps,
  type Option,
  type RadioGroupProps,
  type SelectProps,
} from './controls/choice';
export { Dialog, type DialogProps } from './controls/dialog';
export {
  Field,
  FieldError,
  TextArea,
  TextField,
  type FieldProps,
  type TextAreaProps,
  type TextFieldProps,
} from './controls/field';
export { Icon, type IconName, type IconProps } from './feedback/icon';
export {
  Avatar,
  Badge,
  Card,
  EmptyState,
  Notice,
  type EmptyStateProps,
  type NoticeProps,
  type Tone,
} from './feedback/notice';
export { Progress, Spinner, type ProgressProps } from './feedback/progress';
export { AnnouncerProvider, useAnnouncer } from './feedback/toast';
export { Composer, MAX_MESSAGE_LENGTH, type ComposerProps } from './chat/composer';
export { MessageList, type MessageListProps } from './chat/message-list';
export { LocaleProvider, useFormats, useLocal, useLocale, useUiText } from './i18n/locale';
export { formats, plural, type Formats } from './i18n/formats';
export { api, ApiError, parseApiError, type Api, type ApiErrorCode } from './connection/api';
export {
  deliveryOf,
  heldSeq,
  type Conversation,
  type Delivery,
  type PendingMessage,
} from './connection/conversation';
export { randomFraction, randomId } from './connection/random-id';
export type * from './connection/protocol';
export {
  ChatConnection,
  type ChatEvents,
  type ChatOptions,
  type ConnectionState,
} from './connection/chat-connection';
export { useConnectionState, useConversation } from './connection/use-conversation';
export type {
  ConsultClient,
  ConsultEndedBy,
  ConsultEvents,
  ConsultOptions,
  ConsultPeer,
  ConsultSource,
  ConsultState,
  ConsultStats,
  ConsultTicket,
} from './consult';

/** Fetches the video part, mediasoup-client with it, when a consult begins and not before. */
export const loadConsult = () => import('./consult');
export { DeviceCheck, type DeviceCheckProps, type DeviceChoice } from './video/device-check';
export { useConsultCall, type CallOptions, type ConsultCall } from './video/use-consult-call';
export { VideoStage, type VideoStageProps } from './video/video-stage';
export { VideoView, type VideoViewProps } from './video/video-view';
