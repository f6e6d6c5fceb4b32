export { type Author, MAX_MESSAGE_LENGTH, type Message, type Note, PAGE, type SystemEvent } from './message';
export { NoteService } from './note.service';
export { type Receipts, ReceiptsService } from './receipts.service';
export { TranscriptModule } from './transcript.module';
export {
  type Appended,
  type KnownHead,
  type NewMessage,
  type Posted,
  TranscriptService,
} from './transcript.service';
