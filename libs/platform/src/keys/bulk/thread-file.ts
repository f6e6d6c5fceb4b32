import { join } from 'node:path';

/** What a thread runs. Under test another file stands here, which reads TypeScript first (`jest.config.cjs`). */
export const THREAD_FILE = join(__dirname, 'thread.js');
