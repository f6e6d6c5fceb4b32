import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';
import { isOurOrigin } from '../access/origin';

/** Largest frame that a socket takes, in bytes. socket.io's own default is a million. */
const MAX_FRAME_BYTES = 64 * 1024;

/** Socket.IO as the house wants it: websocket only, small frames, no compression, and pages of ours only. */
export class SocketAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly origins: ReadonlySet<string>,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const ours: Partial<ServerOptions> = {
      path: '/socket',
      serveClient: false,
      transports: ['websocket'],
      allowUpgrades: false,
      perMessageDeflate: false,
      maxHttpBufferSize: MAX_FRAME_BYTES,
      pingInterval: 10_000,
      pingTimeout: 15_000,
      connectTimeout: 10_000,
      allowRequest: (
        request: IncomingMessage,
        decide: (error: string | null | undefined, ok: boolean) => void,
      ) => decide(null, isOurOrigin(request.headers.origin, request.headers.host, this.origins)),
    };
    return super.createIOServer(port, { ...options, ...ours } as ServerOptions) as Server;
  }
}
