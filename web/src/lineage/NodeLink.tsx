/** One node: its title, and how it stands in words with a dot that repeats them. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSay } from '../i18n/texts';
import { FRESHNESS_TONE, freshnessOf, POOR } from '../ui/freshness';
import type { Tone } from '../ui/StatusTag';
import { useFormat } from '../ui/useFormat';
import type { Node } from './graph';
import css from './lineage.module.css';

const PATHS: Record<Node['kind'], (name: string) => { to: string; search?: Record<string, string> }> = {
  source: (name) => ({ to: `/sources/${name}` }),
  dataset: (name) => ({ to: `/datasets/${name}`, search: { tab: 'lineage' } }),
  metric: (name) => ({ to: `/metrics/${name}` }),
  dashboard: (name) => ({ to: `/dashboards/${name}` }),
  alert: (name) => ({ to: `/alerts/${name}` }),
  orders: (name) => ({ to: '/workorders', search: { alert: name } }),
};

export function NodeLink({ node, isCurrent }: { node: Node; isCurrent: boolean }) {
  const say = useSay();
  const { words, tone } = useStanding(node);
  const title = say(node.title, node.name);
  return (
    <Link
      {...PATHS[node.kind](node.name)}
      className={`${css.node} ${isCurrent ? css.current : ''}`}
      aria-current={isCurrent ? 'true' : undefined}
      title={`${title} · ${node.name}`}
    >
      <span className={css.title}>{title}</span>
      <span className={css.standing}>
        {tone !== 'neutral' && <span className={`${css.dot} ${css[tone]}`} aria-hidden="true" />}
        {words}
      </span>
    </Link>
  );
}

function useStanding(node: Node): { words: string; tone: Tone } {
  const { t } = useTranslation('lineage');
  const { now, relative, percent, full } = useFormat();
  const { kind, status, count, quality } = node;
  if (kind === 'source') {
    if (status === 'failed') return { words: t('failed'), tone: 'bad' };
    return node.at
      ? { words: t('loaded', { at: relative(node.at) }), tone: 'good' }
      : { words: t('never'), tone: 'neutral' };
  }
  if (kind === 'alert') {
    if (status === 'firing') return { words: t('firing', { count: full(count) }), tone: 'bad' };
    return status === 'quiet' ? { words: t('quiet'), tone: 'good' } : { words: t('noData'), tone: 'warning' };
  }
  if (kind === 'orders') return { words: t('waiting', { count: full(count) }), tone: count ? 'info' : 'neutral' };
  const isUnknown = kind === 'metric' && node.at === null;
  if (kind === 'dashboard' || node.step === 'uses' || isUnknown) return { words: t(`kind.${kind}`), tone: 'neutral' };
  const { step, at } = freshnessOf({ newest: node.at, as_of: null }, now());
  const words = at ? relative(at) : t('never');
  if (quality === null) return { words, tone: FRESHNESS_TONE[step] };
  const tone = quality < POOR ? 'warning' : FRESHNESS_TONE[step];
  return { words: `${words} · ${t('quality', { share: percent(quality, 1) })}`, tone };
}
