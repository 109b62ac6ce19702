/** A rule of an alert in figures: its metric's, its threshold, and where it clears. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../api/client';
import { useFormat } from '../ui/useFormat';
import { metricsQuery } from './queries';
import type { Threshold } from './replay';

type Definition = Schema<'AlertDefinition-Output'>;

/** Figures of a rule's metric, with its unit; and whether they are shares. */
export function useFigure(definition: Definition | undefined): {
  figure: (value: number | null | undefined) => string;
  isShare: boolean;
} {
  const { line } = useFormat();
  const { data } = useQuery(metricsQuery);
  const metric = data?.find((each) => each.name === definition?.query.metrics[0]);
  const format = metric?.format ?? 'decimal';
  const unit = metric?.unit ?? null;
  const figure = useCallback((value: number | null | undefined) => line(value, { format, unit }), [line, format, unit]);
  return { figure, isShare: format === 'percent' };
}

export function thresholdOf({ when }: Definition): number {
  return when.above ?? when.below ?? 0;
}

/** The lines across a rule's chart: its threshold, and where it clears. */
export function useThresholds(definition: Definition): readonly Threshold[] {
  const { t } = useTranslation('alerts');
  const { figure } = useFigure(definition);
  const { clear } = definition;
  const own = thresholdOf(definition);
  return useMemo(
    () => [
      { value: own, words: t('chart.own', { value: figure(own) }), kind: 'own' },
      ...(clear === null || clear === undefined
        ? []
        : [{ value: clear, words: t('chart.clear', { value: figure(clear) }), kind: 'clear' as const }]),
    ],
    [own, clear, figure, t],
  );
}
