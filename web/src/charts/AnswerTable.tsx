/** The rows of an answer as a table. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n/texts';
import { type Column, DataTable } from '../ui/DataTable';
import { headWith } from '../ui/format';
import { type Answer, figure, labelOf, numberAt, readAnswer } from './answer';

interface Line {
  row: number;
}

export function AnswerTable({ answer, height }: { answer: Answer; height?: number | undefined }) {
  const { t } = useTranslation('ui');
  const lang = useLang();
  const [columns, rows] = useMemo(() => {
    const reading = readAnswer(answer, lang);
    const named = [...(reading.time ? [reading.time] : []), ...reading.dimensions];
    const heads: Column<Line>[] = named.map((field) => ({
      key: field.column.name,
      title: field.title,
      width: 140,
      value: ({ row }) => labelOf(answer, field, field.values[row], lang, t('chart.missing')),
    }));
    const figures: Column<Line>[] = reading.metrics.map((field) => ({
      key: field.column.name,
      title: headWith(field.title, field.column.unit, lang),
      isNumber: true,
      width: 130,
      value: ({ row }) => numberAt(field, row),
      render: ({ row }) =>
        figure({ ...field, column: { ...field.column, unit: null } }, numberAt(field, row), lang, true),
    }));
    const lines: Line[] = Array.from({ length: answer.row_count }, (_, row) => ({ row }));
    return [[...heads, ...figures], lines];
  }, [answer, lang, t]);
  return (
    <DataTable
      label={t('chart.value')}
      columns={columns}
      rows={rows}
      keyOf={({ row }) => String(row)}
      {...(height ? { height } : {})}
    />
  );
}
