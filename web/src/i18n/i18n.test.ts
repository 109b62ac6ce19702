/** Both languages say the same things, and every text that the code names exists. */
import { expect, it } from 'vitest';

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>('./*.json', { import: 'default', eager: true });
const sources = import.meta.glob<string>('../**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true });

const namespaces = [...new Set(Object.keys(files).map((file) => file.replace(/^\.\/|\.(zh|en)\.json$/g, '')))].sort();

it.each(namespaces)('%s has the same keys in both languages, and the same holes', (namespace) => {
  const [zh, en] = [flat(files[`./${namespace}.zh.json`]), flat(files[`./${namespace}.en.json`])];
  // Chinese has one plural form, English two.
  const names = (texts: Map<string, string>) =>
    [...new Set([...texts.keys()].map((key) => key.replace(/_(one|other)$/, '')))].sort();
  expect(names(zh)).toEqual(names(en));
  const holes = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort().join();
  expect(
    [...zh].filter(([key, text]) => en.has(key) && holes(text) !== holes(en.get(key) ?? '')).map(([key]) => key),
  ).toEqual([]);
  expect([...zh, ...en].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
});

it('has every text that is named in full', () => {
  const missing: string[] = [];
  for (const [file, code] of Object.entries(sources)) {
    if (file.includes('.test.')) continue;
    const own = [...code.matchAll(/useTranslation\((?:'([\w-]+)'|\[([^\]]*)\])?/g)].flatMap(([, one, many]) =>
      one ? [one] : many ? [...many.matchAll(/'([\w-]+)'/g)].map((each) => each[1] ?? '') : ['ui'],
    );
    for (const [, key = ''] of code.matchAll(/\bt\(\s*'([\w.:-]+)'/g)) {
      const [namespace, path] = key.includes(':') ? key.split(':') : [undefined, key];
      const places = namespace ? [namespace] : own.length > 0 ? own : namespaces;
      if (!places.some((each) => has(each, path ?? ''))) missing.push(`${file}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});

function has(namespace: string, key: string): boolean {
  const texts = flat(files[`./${namespace}.zh.json`]);
  return texts.has(key) || texts.has(`${key}_other`);
}

function flat(texts: Texts | undefined, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(texts ?? {})) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [name, text] of flat(value, `${prefix}${key}.`)) all.set(name, text);
  }
  return all;
}
