/** Alerts in words: severity, state, spans. */
import { useTranslation } from 'react-i18next';
import { StatusTag, type Tone } from '../../ui/StatusTag';

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

/** Spans of the rules in words: `30d`, `15m`; months only in ranges (`last`), minutes only between evaluations. */
export function useSpan(): (span: string | null | undefined, kind: 'range' | 'every') => string {
  const { t } = useTranslation('alerts');
  return (span, kind) => {
    const [, count, unit] = /^(\d+)([smhdwqy])$/.exec(span ?? '') ?? [];
    if (!count || !unit) return span ?? '–';
    // The present calendar hour: at 02:03 it does not reach back to 01:37.
    if (kind === 'range' && span === '1h') return t('span.hour');
    return t(`span.${unit === 'm' && kind === 'range' ? 'month' : unit}`, { count: Number(count) });
  };
}
