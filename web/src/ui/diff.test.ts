import { expect, test } from 'vitest';
import { rowsOf, sharedEnds, unified } from './diff';

const DIFF = `--- a (published)
+++ a (new)
@@ -2,4 +2,5 @@
 name: a
-unit: 次
-old: 1
+unit: 件
 end: 1
+more: 2
`;

test('lines are numbered on both sides and changed ones stand in pairs', () => {
  expect(rowsOf(DIFF)).toEqual([
    { kind: 'gap' },
    { kind: 'same', before: { line: 2, text: 'name: a' }, after: { line: 2, text: 'name: a' } },
    { kind: 'changed', before: { line: 3, text: 'unit: 次' }, after: { line: 3, text: 'unit: 件' } },
    { kind: 'removed', before: { line: 4, text: 'old: 1' } },
    { kind: 'same', before: { line: 5, text: 'end: 1' }, after: { line: 4, text: 'end: 1' } },
    { kind: 'added', after: { line: 5, text: 'more: 2' } },
  ]);
});

test('one below the other, what went stands before what came', () => {
  expect(unified(rowsOf(DIFF)).map((row) => row.kind)).toEqual([
    'gap',
    'same',
    'removed',
    'removed',
    'added',
    'same',
    'added',
  ]);
});

test('no difference is no row', () => {
  expect(rowsOf('')).toEqual([]);
});

test('only the middle of a line is marked', () => {
  expect(sharedEnds('unit: 次数', 'unit: 件数')).toEqual([6, 1]);
});
