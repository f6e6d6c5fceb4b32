import { join } from 'node:path';
// Nothing imports what only a thread runs: named here, so that the compiler puts it beside this file.
import type {} from './thread';

/** What a thread runs. Under test another file stands here, which reads TypeScript first (`jest.config.cjs`). */
export const THREAD_FILE = join(__dirname, 'thread.js');
