import { describe, expect, test } from 'vitest';
import { assistOf } from './assist';
import { placeAt } from './place';

/** Splits a text at the cursor, written `|`. */
function at(marked: string): [string, number] {
  return [marked.replace('|', ''), marked.indexOf('|')];
}

describe('where the cursor stands', () => {
  test.each([
    ['na|', [], 'key', 'na'],
    ['name: a\nti|', [], 'key', 'ti'],
    ['unit: |', ['unit'], 'value', ''],
    ['title: {zh: 名, e|', ['title'], 'key', 'e'],
    ['title: {zh: 名|', ['title', 'zh'], 'value', '名'],
    ['query: {metrics: [a, b|', ['query', 'metrics', '*'], 'value', 'b'],
    ['query: {metrics: [a], by: [d|], range: {last: 7d}}', ['query', 'by', '*'], 'value', 'd'],
    ['tiles:\n  - name: a\n    ch|', ['tiles', '*'], 'key', 'ch'],
    ['tiles:\n- name: a\n  ch|', ['tiles', '*'], 'key', 'ch'],
    ['tiles:\n  - name: a\n    query: {by: [x]}\n    layout:\n      |', ['tiles', '*', 'layout'], 'key', ''],
    ['fields:\n  - {name: id, type: t|', ['fields', '*', 'type'], 'value', 't'],
    ['order:\n  procedure: w|', ['order', 'procedure'], 'value', 'w'],
    ['key:\n  - i|', ['key', '*'], 'key', 'i'],
    ['a:\n  b: 1\nc|', [], 'key', 'c'],
  ])('%s', (marked, path, role, typed) => {
    expect(placeAt(...at(marked))).toMatchObject({ path, role, typed });
  });

  test('keys of the same mapping are known, those of neighbours are not', () => {
    const place = placeAt(...at('name: a\norder:\n  title: x\n  |\nevery: 1h\n'));
    expect(place).toMatchObject({ path: ['order'], siblings: ['title'] });
    expect(placeAt(...at('name: a\n|\nunit: b\n'))?.siblings).toEqual(['name', 'unit']);
    expect(placeAt(...at('a: {x: 1, |, y: 2}'))?.siblings).toEqual(['x', 'y']);
  });

  test('nothing is said in a comment', () => {
    expect(placeAt(...at('unit: a # per |'))).toBeUndefined();
  });
});

const SCHEMA = {
  $defs: {
    Query: {
      type: 'object',
      properties: {
        metrics: { type: 'array', items: { type: 'string' }, 'x-names': 'metric', description: '指标。' },
        totals: { type: 'boolean', default: false },
      },
      required: ['metrics'],
    },
  },
  type: 'object',
  properties: {
    kind: { const: 'alert' },
    name: { type: 'string', description: '标识。' },
    query: { $ref: '#/$defs/Query' },
    severity: { enum: ['info', 'critical'], default: 'info', description: '级别。' },
    model: { anyOf: [{ type: 'string' }, { type: 'null' }], 'x-names': 'model' },
  },
  required: ['name', 'query'],
};
const ASSIST = assistOf({
  schema: SCHEMA,
  names: (kind) => (kind === 'metric' ? [{ name: 'pm25', title: 'PM2.5浓度' }] : []),
  words: {
    shape: (shape) => shape,
    required: '必填',
    allowed: (values) => `可选：${values}`,
    usual: (value) => `默认：${value}`,
    namesOf: (kind) => kind,
    or: ' / ',
  },
});

function offered(marked: string): string[] {
  return (ASSIST.complete(...at(marked))?.suggestions ?? []).map((each) => each.label);
}

describe('what may stand there', () => {
  test.each([
    ['|', ['name', 'query', 'severity', 'model']],
    ['name: a\n|', ['query', 'severity', 'model']],
    ['severity: |', ['info', 'critical']],
    ['query: {metrics: [|]}', ['pm25']],
    ['query:\n  |', ['metrics', 'totals']],
    ['query:\n  metrics:\n    - |', ['pm25']],
    ['query:\n  totals: |', ['true', 'false']],
    ['nonsense:\n  |', []],
  ])('%s', (marked, labels) => {
    expect(offered(marked)).toEqual(labels);
  });
});

test('a key explains itself, a name says what it is called', () => {
  expect(ASSIST.explain(...at('sev|erity: info'))).toEqual({
    from: 0,
    to: 8,
    title: 'severity',
    lines: ['级别。', 'choice', '可选：info · critical', '默认：info'],
  });
  expect(ASSIST.explain(...at('query: {metrics: [pm|25]}'))).toEqual({
    from: 18,
    to: 22,
    title: 'PM2.5浓度',
    lines: ['metric'],
  });
});
