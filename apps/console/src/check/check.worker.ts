import { verifyBundle } from '../../../../audit/verify/bundle.mjs';
import { isEntryProof, verifyEntryProof } from '../../../../audit/verify/entry-proof.mjs';
import { checkTimestamp } from '../../../../audit/verify/timestamp.mjs';
import { browserPrimitives } from './browser-primitives';
import type { CheckAsked, CheckSaid } from './check-messages';

/** Of a worker, which the types of a page do not know. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

const say = (said: CheckSaid) => self.postMessage(said);

// The file is read piece by piece from where it is, and goes nowhere.
self.onmessage = ({ data: { file, given } }: MessageEvent<CheckAsked>) => {
  const reader = new FileReaderSync();
  const source = {
    size: file.size,
    read: (target: Uint8Array, position: number) =>
      target.set(new Uint8Array(reader.readAsArrayBuffer(file.slice(position, position + target.length)))),
  };
  const tools = { primitives: browserPrimitives, checkTimestamp };
  let told = 0;
  const onProgress = (part: number) => {
    if (part - told < 0.01) return;
    told = part;
    say({ part });
  };
  const report = isEntryProof(source)
    ? verifyEntryProof(source, given, tools)
    : verifyBundle(source, given, tools, onProgress);
  say({ report });
};
