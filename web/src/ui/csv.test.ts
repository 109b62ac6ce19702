import { expect, it } from 'vitest';
import { csvOf } from './csv';

it('quotes what needs it, defuses formulas, and keeps numbers', () => {
  const columns = [
    { title: '名称', value: (row: { name: string; n: number | null }) => row.name },
    { title: 'n', value: (row: { name: string; n: number | null }) => row.n },
    { title: 'shown only' },
  ];
  const rows = [
    { name: 'a,"b"', n: -1.5 },
    { name: '=SUM(A1)', n: null },
  ];
  expect(csvOf(columns, rows)).toBe('\uFEFF名称,n\r\n"a,""b""",-1.5\r\n\'=SUM(A1),\r\n');
});
