import { checkDoors, type Config, CONFIG, OUR_ORIGINS, SocketAdapter } from '@app/platform';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import { ApiModule } from './api.module';
import type { Assembly } from './assembly';
import { jsonBodies } from './json-bodies';
import { ProgramLog } from './log';
import { security } from './security';

/**
 * Puts the program together without listening.
 *
 * @throws Error if a door names no permission: the program must not start.
 */
export async function assemble(assembly: Assembly): Promise<NestExpressApplication> {
  const { config, places } = assembly;
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRoot(assembly), {
    logger: new ProgramLog(),
    bodyParser: false,
    abortOnError: false,
  });
  try {
    checkDoors(app.get(ModulesContainer));
  } catch (error) {
    await app.close();
    throw error;
  }
  app.set('trust proxy', config.trustProxy ? 1 : false);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.use(...security(app.get<Config>(CONFIG)));
  // What Vite named by its content may stay in a browser for ever; the pages themselves are asked for anew.
  const assets = {
    index: false,
    immutable: true,
    maxAge: '365d',
    fallthrough: false,
    redirect: false,
  } as const;
  app.use('/portal/assets', express.static(`${places.portal}/assets`, assets));
  app.use('/console/assets', express.static(`${places.console}/assets`, assets));
  app.use(...jsonBodies);
  app.useWebSocketAdapter(new SocketAdapter(app, app.get<ReadonlySet<string>>(OUR_ORIGINS)));
  return app;
}
