import { Open } from '@app/platform';
import { Controller, Get } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { describeRoutes, type OpenApi } from './openapi';

/** The HTTP part of docs/PROTOCOL.md in machine form, made from the doors themselves. */
@Controller('api/openapi.json')
export class OpenApiController {
  private document: OpenApi | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  @Get()
  @Open('page.read')
  openApi(): OpenApi {
    return (this.document ??= describeRoutes(this.modules));
  }
}
