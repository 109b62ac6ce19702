import { expect, it } from 'vitest';
import { asideRows, edited } from './quarantine';

const REST = { sql: '', versions: {}, as_of: null, cached: false, limited: [] };

it('reads reasons and raw cells', () => {
  const columns = ['id', 'batch', 'number', 'reasons', 'at', 'raw'].map((name) => ({ name, type: 'string' }));
  const reasons = '[{"rule":"range","field":"speed","value":"-10"},{"rule":"shape","field":null,"value":null}]';
  const [row] = asideRows({
    ...REST,
    columns,
    rows: 1,
    data: [['a-1'], ['b'], [29], [reasons], ['2026-09-30T00:00:00Z'], ['{"车速":"-10","备注":null}']],
  });
  expect(row?.reasons).toEqual([
    { rule: 'range', field: 'speed', value: '-10' },
    { rule: 'shape', field: null, value: null },
  ]);
  expect(row?.raw).toEqual({ 车速: '-10', 备注: null });
});

it('sends only changed cells', () => {
  expect(edited({ a: '1', b: null }, { a: '2', b: '' })).toEqual({ a: '2' });
});
