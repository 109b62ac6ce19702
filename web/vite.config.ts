import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './scripts/precompress.ts';

const SERVER = process.env.CITYLOOP_URL ?? 'http://127.0.0.1:8321';

export default defineConfig({
  plugins: [react(), precompress()],
  server: { port: 8322, proxy: { '/api': SERVER } },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Small parts that every page needs: one file instead of six.
            { name: 'api', test: /src[\\/]api[\\/]/ },
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
            { name: 'maplibre', test: /node_modules[\\/](maplibre-gl|@maplibre)[\\/]/ },
            { name: 'codemirror', test: /node_modules[\\/](@codemirror|@lezer)[\\/]/ },
          ],
        },
      },
    },
    license: { fileName: 'assets/licences.md' },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
