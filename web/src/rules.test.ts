/** House rules that no linter knows: colours, sizes, borders between features, no casts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { variablesOf } from './theme/css';

const own = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(tsx?|css)$/.test(file) && !file.endsWith('schema.d.ts'))
  .map((file): [string, string] => [`./${file}`, readFileSync(join(import.meta.dirname, file), 'utf8')]);
const code = own.filter(([file]) => /\.tsx?$/.test(file) && !file.includes('.test.'));

function lines(files: [string, string][], pattern: RegExp): string[] {
  return files.flatMap(([file, text]) =>
    text
      .split('\n')
      .map((line, i): [string, string] => [`${file}:${i + 1}`, line])
      .filter(([, line]) => pattern.test(line))
      .map(([place, line]) => `${place} ${line.trim()}`),
  );
}

it('writes colours only in theme/', () => {
  const outside = own.filter(([file]) => !file.startsWith('./theme/') && !file.includes('.test.'));
  expect(lines(outside, /#[0-9a-fA-F]{3,8}\b(?![^"'`]*\))|\b(rgba?|hsla?|oklch)\(/)).toEqual([]);
});

it('uses only CSS variables that exist', () => {
  const known = new Set(Object.keys(variablesOf('light')));
  const unknown = own.flatMap(([file, text]) =>
    [...text.matchAll(/var\((--(?:c-[\w-]+|font|mono))/g)]
      .filter(([, name = '']) => !known.has(name))
      .map(([, name]) => `${file} ${name}`),
  );
  expect(unknown).toEqual([]);
});

it('keeps files below 300 lines', () => {
  expect(own.filter(([, text]) => text.split('\n').length > 300).map(([file]) => file)).toEqual([]);
});

it('narrows instead of casting, and never says any', () => {
  const casts = lines(code, /\bas (?!const\b)[A-Za-z{[(]/).filter(
    (line) => !/import|export|\* as |\/\/|\/\*\*| \* /.test(line),
  );
  expect(casts).toEqual([]);
  expect(lines(code, /: any\b|<any>|@ts-ignore|@ts-expect-error/)).toEqual([]);
});

it('lets no feature import another, and nothing shared import a feature', () => {
  const trespasses = own.flatMap(([file, text]) => {
    const feature = /^\.\/features\/([^/]+)\//.exec(file)?.[1];
    const imports = [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map(
      (found) => found[1] ?? found[2] ?? '',
    );
    return imports
      .filter((path) =>
        feature ? /^\.\.\/(?!\.\.)[^/]+\//.test(path) || /features\//.test(path) : /features\//.test(path),
      )
      .filter(() => file !== './routes.tsx')
      .map((path) => `${file} imports ${path}`);
  });
  expect(trespasses).toEqual([]);
});

it('asks nobody outside', () => {
  const away = lines(code, /https?:\/\/(?!127\.0\.0\.1|localhost|www\.w3\.org)/);
  expect(away).toEqual([]);
});
