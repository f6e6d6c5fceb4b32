import type { IntakeId, SearchId } from '@app/kernel';
import { Nothing, Shape, Staff, StaffDoor, type StaffPrincipal } from '@app/platform';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ContextService } from './found/context.service';
import { IntakePath, SearchBody, SearchPath } from './messages';
import { MySearches } from './found/my-searches.service';
import { SearchService } from './search.service';

/** Searches over what was said, for supervisors and compliance officers. What is looked for is never in an address. */
@Controller('api/staff/searches')
export class SearchController {
  constructor(
    private readonly searches: SearchService,
    private readonly mine: MySearches,
    private readonly contexts: ContextService,
  ) {}

  @StaffDoor('transcript.search')
  @Post()
  @HttpCode(202)
  async request(@Body(new Shape(SearchBody)) body: SearchBody, @Staff() staff: StaffPrincipal) {
    return { searchId: await this.searches.request(staff, body) };
  }

  @StaffDoor('search.read')
  @Get()
  async list(@Staff() staff: StaffPrincipal) {
    const searches = await this.mine.list(staff);
    return { searches, queues: await this.mine.queues(staff) };
  }

  @StaffDoor('search.read')
  @Get(':id')
  one(@Param('id', new Shape(SearchPath)) id: SearchId, @Staff() staff: StaffPrincipal) {
    return this.mine.get(staff, id);
  }

  @StaffDoor('search.read')
  @Post(':id/cancel')
  @HttpCode(204)
  cancel(
    @Param('id', new Shape(SearchPath)) id: SearchId,
    @Body(new Shape(Nothing)) _: object,
    @Staff() staff: StaffPrincipal,
  ) {
    return this.mine.cancel(staff, id);
  }

  @StaffDoor('search.read')
  @Get(':id/hits')
  async hits(@Param('id', new Shape(SearchPath)) id: SearchId, @Staff() staff: StaffPrincipal) {
    return { hits: await this.mine.hits(staff, id) };
  }

  @StaffDoor('transcript.search')
  @Get(':id/hits/:intakeId')
  context(
    @Param('id', new Shape(SearchPath)) id: SearchId,
    @Param('intakeId', new Shape(IntakePath)) intakeId: IntakeId,
    @Staff() staff: StaffPrincipal,
  ) {
    return this.contexts.read(staff, id, intakeId);
  }
}
