import { Module } from '@nestjs/common';
import { NoteService } from './note.service';
import { ReceiptsService } from './receipts.service';
import { TranscriptService } from './transcript.service';

@Module({
  providers: [TranscriptService, NoteService, ReceiptsService],
  exports: [TranscriptService, NoteService, ReceiptsService],
})
export class TranscriptModule {}
