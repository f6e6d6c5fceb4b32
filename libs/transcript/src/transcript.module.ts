import { type BeforeApplicationShutdown, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { NoteService } from './note.service';
import { ReceiptsService } from './receipts.service';
import { ContextService } from './search/found/context.service';
import { SearchJob } from './search/running/search-job.service';
import { SearchRunner } from './search/running/search-runner.service';
import { MySearches } from './search/found/my-searches.service';
import { SearchController } from './search/search.controller';
import { SearchService } from './search/search.service';
import { TranscriptService } from './transcript.service';

@Module({
  controllers: [SearchController],
  providers: [
    TranscriptService,
    NoteService,
    ReceiptsService,
    SearchJob,
    SearchRunner,
    SearchService,
    MySearches,
    ContextService,
  ],
  exports: [TranscriptService, NoteService, ReceiptsService],
})
export class TranscriptModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly runner: SearchRunner) {}

  onApplicationBootstrap(): void {
    this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }
}
