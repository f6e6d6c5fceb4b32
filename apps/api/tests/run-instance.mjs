// A process of its own that starts the built program and its PostgreSQL as `npm start` does, and tells its parent.
// `node run-instance.mjs HOME PORT`; the parent sends 'stop' or 'force', or goes away.
import { startInstance } from '../../../infra/bootstrap/steps/instance.mjs';

const [, , home, port] = process.argv;
const log = (line) => process.env.VESTIBULE_TEST_LOG && process.stderr.write(`${line}\n`);
const instance = await startInstance({ home, port: Number(port), log });
const { address, ready, apiPid, databaseUrl } = instance;
void instance.ended.then((code) => process.connected && process.send({ ended: code }));
const end = (how) => instance[how]().then(() => process.exit(0));
process.on('message', end);
process.on('disconnect', () => end('force'));
process.send({ started: { address, ready, apiPid, databaseUrl } });
