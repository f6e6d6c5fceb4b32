import { mergeConfig } from 'vite';
import console from '../../vite.config';

// oxlint-disable-next-line import/no-default-export
export default mergeConfig(console, { root: import.meta.dirname, base: '/', build: { outDir: undefined } });
