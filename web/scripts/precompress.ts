/** Writes a .br and a .gz beside every built asset, so that the server never compresses while somebody waits. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(js|css|svg|json|map)$/;
/** Below this size, bytes, headers cost more than compression saves. */
const SMALLEST = 1024;
/** Brotli's last two steps take four times as long for 3 % less. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle(options, bundle) {
      const root = options.dir ?? 'dist';
      const names = Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name));
      await Promise.all(names.map((name) => compress(join(root, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < SMALLEST) return;
  await Promise.all([
    promisify(brotliCompress)(bytes, BROTLI).then((done) => writeFile(`${file}.br`, done)),
    promisify(gzip)(bytes, { level: 9 }).then((done) => writeFile(`${file}.gz`, done)),
  ]);
}
