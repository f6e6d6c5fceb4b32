// Stands in for `src/keys/bulk/thread-file.ts` under jest, which a thread does not run in.
exports.THREAD_FILE = require.resolve('./thread.cjs');
