export { ROLE_PASSWORDS, type TestDatabase, testDatabase } from './database';
