/** Reading an answer of the metrics: which columns say what, rows by number, labels of codes, change between periods. */
import type { Schema } from '../api/client';
import type { Lang } from '../i18n';
import { type Bilingual, wordsOf } from '../i18n/texts';
import * as format from '../ui/format';

export type Answer = Schema<'AnswerBody'>;
export type AnswerColumn = Schema<'ColumnBody'>;

export interface Field {
  column: AnswerColumn;
  values: readonly unknown[];
  title: string;
}

export interface Reading {
  time?: Field;
  dimensions: Field[];
  metrics: Field[];
  count: number;
  grain: string | null;
}

/** The answer's fields by role. */
export function readAnswer(answer: Answer, lang: Lang): Reading {
  const fields = answer.columns.map((column, i) => ({
    column,
    values: answer.data[i] ?? [],
    title: wordsOf(column.title, lang, column.name),
  }));
  const time = fields.find(({ column }) => column.role === 'time');
  const grain = answer.query.grain;
  return {
    ...(time ? { time } : {}),
    dimensions: fields.filter(({ column }) => column.role === 'dimension'),
    metrics: fields.filter(({ column }) => column.role === 'metric'),
    count: answer.row_count,
    grain: typeof grain === 'string' ? grain : null,
  };
}

/** How `value` of a dimension or of the time column is called. */
export function labelOf(answer: Answer, field: Field, value: unknown, lang: Lang, missing: string): string {
  if (value === null || value === undefined) return missing;
  if (field.column.role === 'time') return format.period(String(value), grainOf(answer), lang);
  const label: Bilingual | undefined = answer.labels[field.column.name]?.[String(value)];
  return wordsOf(label, lang, String(value));
}

export function numberAt(field: Field, row: number): number | null {
  const value = field.values[row];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A value of a metric in words, with its unit. */
export function figure(field: Field, value: number | null, lang: Lang, exact = false): string {
  return format.writtenLine(value, {
    format: field.column.format ?? null,
    unit: field.column.unit ?? null,
    lang,
    exact,
  });
}

/** Last period against the one before, as a share; null where there is nothing to compare. */
export function changeOf(field: Field): number | null {
  const [now, before] = [field.values.at(-1), field.values.at(-2)];
  return typeof now === 'number' && typeof before === 'number' && before !== 0
    ? (now - before) / Math.abs(before)
    : null;
}

function grainOf(answer: Answer): string | null {
  return typeof answer.query.grain === 'string' ? answer.query.grain : null;
}
