/** What a metric means: in words, as YAML, as SQL. */

import { Link } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { listOf, useLang, useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { CodeView } from '../../ui/CodeView';
import { NoPermission } from '../../ui/StateView';
import css from './metrics.module.css';
import type { MetricDetail } from './queries';
import { metricView, TABS } from './views';
import { yamlOf } from './yaml';

export function Definition({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const [view, change] = useView(metricView);
  return (
    <Card
      title={t('definition')}
      actions={
        <Segmented
          size="small"
          aria-label={t('definition')}
          value={view.tab}
          onChange={(tab) => change({ tab })}
          options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        />
      }
    >
      {view.tab === 'words' && <InWords metric={metric} />}
      {view.tab === 'yaml' &&
        (metric.definition ? (
          <CodeView language="yaml" label={t('tab.yaml')} code={yamlOf(metric.definition)} />
        ) : (
          <Kept />
        ))}
      {view.tab === 'sql' &&
        (metric.sql ? (
          <>
            <CodeView language="sql" label={t('tab.sql')} code={metric.sql} />
            <p className="muted" style={{ marginTop: 8, fontSize: 12 }}>
              {t('sqlHint')}
            </p>
          </>
        ) : (
          <Kept />
        ))}
    </Card>
  );
}

/** The definition names columns that the reader may not know of. */
function Kept() {
  const { t } = useTranslation('metrics');
  return <NoPermission height={160} hint={t('kept')} />;
}

function InWords({ metric }: { metric: MetricDetail }) {
  const { t } = useTranslation('metrics');
  const lang = useLang();
  const say = useSay();
  const said = (name: string): string => {
    const value = metric.definition?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const sentence = !metric.definition ? (
    t('kept')
  ) : metric.type === 'ratio' ? (
    <>
      {t('words.ratio')} <MetricLink name={said('numerator')} /> ÷ <MetricLink name={said('denominator')} />
    </>
  ) : metric.type === 'derived' ? (
    <>
      {t('words.derived')} <code>{said('expression')}</code>
    </>
  ) : (
    <>
      {t(`aggregate.${said('aggregate') || 'count'}`)} {said('expression') && <code>{said('expression')}</code>}{' '}
      {t('words.of', { model: said('model') })}
    </>
  );
  const lines: [string, React.ReactNode][] = [
    [t('words.what'), sentence],
    ...(said('filter')
      ? [[t('words.only'), <code key="filter">{said('filter')}</code>] satisfies [string, React.ReactNode]]
      : []),
    ...(said('time')
      ? [[t('words.time'), <code key="time">{said('time')}</code>] satisfies [string, React.ReactNode]]
      : []),
    [t('column.direction'), t(`direction.${metric.direction}`)],
    [t('column.unit'), say(metric.unit) || t(`format.${metric.format}`)],
    [t('words.synonyms'), listOf(metric.synonyms[lang], lang) || '–'],
  ];
  return (
    <dl className={css.definition}>
      {lines.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}

function MetricLink({ name }: { name: string }) {
  return (
    <Link to="/metrics/$name" params={{ name }}>
      {name}
    </Link>
  );
}
