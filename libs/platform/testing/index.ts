export { memoryKms } from './memory-kms';
export { ROLE_PASSWORDS, type TestDatabase, testDatabase } from './database';
