// Writes src/api/schema.d.ts from the server's OpenAPI. With --check it only says whether the file is up to date.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = `${root}web/src/api/schema.d.ts`;
const python = `${root}.venv/bin/python`;

const given = process.env.CITYLOOP_OPENAPI; // a file with the schema, made before by whoever calls
const json = given
  ? readFileSync(given, 'utf8')
  : execFileSync(python, [`${root}web/scripts/openapi.py`], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
const head = '// Made by `npm run api` from the server; do not edit.\n';
const wanted = head + astToString(await openapiTS(JSON.parse(json), { alphabetize: true }));
const found = existsSync(target) ? readFileSync(target, 'utf8') : '';
if (wanted === found) process.exit(0);
if (process.argv.includes('--check')) {
  console.error('web/src/api/schema.d.ts is not what the server offers: run `make web-api`');
  process.exit(1);
}
writeFileSync(target, wanted);
console.log(`wrote ${target}`);
