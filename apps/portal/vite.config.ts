import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['VESTIBULE_ORIGIN'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: here('.'),
  base: '/portal/',
  plugins: [react()],
  resolve: { alias: { '@app/ui': here('../../libs/ui/src/index.ts') } },
  build: {
    outDir: here('../../dist/portal'),
    emptyOutDir: true,
    // Phones of 2020 and later; older ones cannot hold a consult.
    target: ['es2022', 'chrome94', 'firefox93', 'safari15.4'],
    // Everything is a file of our own: a data: address would need a wider content security policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': server, '/socket': { target: server, ws: true } } },
});
