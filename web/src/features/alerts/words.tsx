/** Alerts in words: severity, state, place, rule. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { metricsQuery } from '../../query/queries';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import type { Definition } from './queries';
import type { Threshold } from './replay';

const SEVERITY: Record<string, Tone> = { critical: 'bad', warning: 'warning', info: 'info' };
const STATE: Record<string, Tone> = { firing: 'bad', pending: 'warning', ok: 'good', no_data: 'neutral' };

export function Severity({ severity }: { severity: string }) {
  const { t } = useTranslation('alerts');
  return <StatusTag tone={SEVERITY[severity] ?? 'neutral'}>{t(`severity.${severity}`)}</StatusTag>;
}

export function State({ state }: { state: string }) {
  const { t } = useTranslation('alerts');
  return (
    <StatusTag tone={STATE[state] ?? 'neutral'} dot>
      {t(`state.${state}`)}
    </StatusTag>
  );
}

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

/** Spans of the rules in words: `30d`, `15m`; months only in ranges (`last`), minutes only between evaluations. */
export function useSpan(): (span: string | null | undefined, kind: 'range' | 'every') => string {
  const { t } = useTranslation('alerts');
  return (span, kind) => {
    const [, count, unit] = /^(\d+)([smhdwqy])$/.exec(span ?? '') ?? [];
    if (!count || !unit) return span ?? '–';
    return t(`span.${unit === 'm' && kind === 'range' ? 'month' : unit}`, { count: Number(count) });
  };
}
