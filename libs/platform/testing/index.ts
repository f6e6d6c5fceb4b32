export { findCanaries, type Sighting } from './canaries';
export { ROLE_PASSWORDS, type TestDatabase, testDatabase } from './database';
export { KeyScene } from './key-scene';
export { fakeAwsKms } from './kms/fake-aws-kms';
export { fakeVault } from './kms/fake-vault';
export { memoryKms } from './kms/memory-kms';
export { softHsmToken } from './kms/soft-hsm';
export { setBack } from './set-back';
