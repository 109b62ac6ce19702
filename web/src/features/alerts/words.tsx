/** Alerts in words: severity, state, place, rule. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { metricsQuery } from '../../query/queries';
import { StatusTag, type Tone } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import type { Definition } from './queries';

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

/** Figures of a rule's metric, with its unit. */
export function useFigure(definition: Definition | undefined): (value: number | null | undefined) => string {
  const { line } = useFormat();
  const { data } = useQuery(metricsQuery);
  const metric = data?.find((each) => each.name === definition?.query.metrics[0]);
  return (value) => line(value, { format: metric?.format ?? 'decimal', unit: metric?.unit ?? null });
}

export function thresholdOf({ when }: Definition): number {
  return when.above ?? when.below ?? 0;
}
