/** An answer as CSV: labels of codes, every digit, and below the rows where they come from. */
import { type Answer, labelOf, readAnswer } from '../charts/answer';
import type { Lang } from '../i18n';
import { type Cell, csvOf, save } from '../ui/csv';
import { headWith } from '../ui/format';

export function saveAnswer(answer: Answer, name: string, lang: Lang, notes: readonly string[] = []): void {
  save(`${fileName(name)}.csv`, csvOfAnswer(answer, lang, notes));
}

export function csvOfAnswer(answer: Answer, lang: Lang, notes: readonly string[]): string {
  const { time, dimensions, metrics, count } = readAnswer(answer, lang);
  const keys = [...(time ? [time] : []), ...dimensions];
  const columns = [
    ...keys.map((field) => ({
      title: field.title,
      value: (row: number): Cell =>
        field === time ? cell(field.values[row]) : labelOf(answer, field, field.values[row], lang, ''),
    })),
    ...metrics.map((field) => ({
      title: headWith(field.title, field.column.unit, lang),
      value: (row: number): Cell => cell(field.values[row]),
    })),
  ];
  const rows = csvOf(
    columns,
    Array.from({ length: count }, (_, row) => row),
  );
  const foot = csvOf([{ title: '', value: (note: string) => note }], notes).replace(/^\uFEFF\r\n/, '');
  return notes.length ? `${rows}\r\n${foot}` : rows;
}

/** A name that every file system takes. */
export function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|\s]+/g, '_').slice(0, 80);
}

function cell(value: unknown): Cell {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
