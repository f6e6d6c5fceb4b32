import { ConsoleLogger } from '@nestjs/common';

/** What Nest tells about its own assembling. Forty lines at each start would hide the one that matters. */
const ASSEMBLING = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
  'WebSocketsController',
]);

/** The program's log: lines for people at a terminal, JSON elsewhere. No line holds what somebody wrote or who they are. */
export class ProgramLog extends ConsoleLogger {
  constructor() {
    super({ json: !process.stdout.isTTY, logLevels: ['log', 'warn', 'error', 'fatal'] });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!ASSEMBLING.has(String(rest.at(-1)))) super.log(message, ...rest);
  }
}
