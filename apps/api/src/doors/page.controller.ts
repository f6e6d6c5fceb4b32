import { Open } from '@app/platform';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';

/** Injection token: the folders of the built pages. */
export const PAGES = Symbol('PAGES');

/** The pages themselves. Which of them a path means is the page's own matter. */
@Controller()
export class PageController {
  constructor(@Inject(PAGES) private readonly pages: { readonly portal: string; readonly console: string }) {}

  @Get(['/', 'p/:slug', 'p/:slug/*rest', 'demo/*rest', 'api/docs'])
  @Open('page.read')
  portal(@Res() response: Response): void {
    response.sendFile('index.html', { root: this.pages.portal, cacheControl: false });
  }

  @Get(['console', 'console/*rest'])
  @Open('page.read')
  console(@Res() response: Response): void {
    response.sendFile('index.html', { root: this.pages.console, cacheControl: false });
  }
}
