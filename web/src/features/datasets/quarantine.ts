/** Rows that were put aside, read from the answer's columns. Pure. */
import type { Rows } from './queries';

export interface Reason {
  rule: string;
  field: string | null;
  value: string | null;
}

export interface AsideRow {
  id: string;
  batch: string;
  number: number;
  at: string;
  reasons: Reason[];
  /** Cells as they came; only for those who may see them. */
  raw: Record<string, string | null> | undefined;
}

export function asideRows(answer: Rows): AsideRow[] {
  const column = (name: string) => answer.data[answer.columns.findIndex((each) => each.name === name)] ?? [];
  const [ids, batches, numbers, ats] = [column('id'), column('batch'), column('number'), column('at')];
  const [reasons, raws] = [column('reasons'), column('raw')];
  return ids.map((id, i) => ({
    id: String(id),
    batch: String(batches[i] ?? ''),
    number: Number(numbers[i] ?? 0),
    at: String(ats[i] ?? ''),
    reasons: reasonsIn(reasons[i]),
    raw: cellsIn(raws[i]),
  }));
}

function reasonsIn(text: unknown): Reason[] {
  const found: unknown = typeof text === 'string' ? JSON.parse(text) : [];
  if (!Array.isArray(found)) return [];
  return found.filter(isRecord).map((each) => ({
    rule: String(each.rule ?? ''),
    field: typeof each.field === 'string' ? each.field : null,
    value: each.value === null || each.value === undefined ? null : String(each.value),
  }));
}

function cellsIn(text: unknown): Record<string, string | null> | undefined {
  if (typeof text !== 'string') return undefined;
  const found: unknown = JSON.parse(text);
  if (!isRecord(found)) return undefined;
  const cells: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(found))
    cells[name] =
      value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);
  return cells;
}

/** Only the cells that were changed: what a repair sends. */
export function edited(
  before: Record<string, string | null>,
  after: Record<string, string | null>,
): Record<string, string | null> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => (before[name] ?? '') !== (value ?? '')));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
