/** Where numbers come from: what each metric means, the query in words, period, data versions, freshness, access, SQL. */
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../charts/answer';
import { useSay } from '../i18n/texts';
import { CodeView } from '../ui/CodeView';
import { StatusTag } from '../ui/StatusTag';
import { useFormat } from '../ui/useFormat';
import { queryOf } from './model';
import { accessQuery, metricQuery } from './queries';
import css from './query.module.css';
import { layOut } from './sql';
import { type Names, useWords } from './useWords';

export function Evidence({ answer, names }: { answer: Answer; names: Names }) {
  const { t } = useTranslation('query');
  const words = useWords();
  const { fullMoment, relative } = useFormat();
  const query = useMemo(() => queryOf(answer.query), [answer]);
  const sql = useMemo(() => layOut(answer.sql), [answer]);
  return (
    <div className={css.evidence}>
      <Part title={t('evidence.metrics')}>
        <MetricWords metrics={query.metrics} />
      </Part>
      <Part title={t('evidence.query')}>
        <p>{words.query(query, names)}</p>
      </Part>
      <dl className={css.facts}>
        <dt>{t('evidence.period')}</dt>
        <dd className="number">{words.period(answer.period)}</dd>
        <dt>{t('evidence.filters')}</dt>
        <dd>{query.filters.map((each) => words.filter(each, names)).join(t('comma')) || t('evidence.noFilters')}</dd>
        <dt>{t('evidence.fresh')}</dt>
        <dd className="number">
          {answer.as_of ? `${fullMoment(answer.as_of)} · ${relative(answer.as_of)}` : t('evidence.noData')}
        </dd>
        <dt>{t('evidence.computed')}</dt>
        <dd>{t(answer.cached ? 'evidence.cached' : 'evidence.fresh_now')}</dd>
      </dl>
      <Part title={t('evidence.data')}>
        <DatasetList answer={answer} />
      </Part>
      <Part title="SQL">
        <CodeView code={sql} language="sql" label={t('evidence.sql')} />
        <p className={css.small}>{t('evidence.sqlNote')}</p>
      </Part>
    </div>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={css.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

export function MetricWords({ metrics }: { metrics: readonly string[] }) {
  const { t } = useTranslation('query');
  const say = useSay();
  const found = useQueries({ queries: metrics.map((name) => metricQuery(name)) });
  return (
    <ul className={css.metrics}>
      {metrics.map((name, i) => {
        const metric = found[i]?.data;
        return (
          <li key={name}>
            <p>
              <b>{metric ? say(metric.title, name) : name}</b> <code>{name}</code>
            </p>
            {metric && say(metric.description) && <p>{say(metric.description)}</p>}
            {metric && (
              <p className={css.small}>
                {[
                  t('evidence.type', { type: t(`types.${metric.type}`, { defaultValue: metric.type }) }),
                  metric.unit && t('evidence.unit', { unit: say(metric.unit) }),
                  t('evidence.version', { version: metric.version }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Each dataset that was read: version, and how much of it the person may see. */
function DatasetList({ answer }: { answer: Answer }) {
  const { t } = useTranslation('query');
  const names = Object.keys(answer.versions);
  const found = useQueries({ queries: names.map((name) => accessQuery(name)) });
  return (
    <ul className={css.datasets}>
      {names.map((name, i) => {
        const [first, ...rules] = found[i]?.data?.sentences ?? [];
        const isLimited = answer.limited.includes(name);
        return (
          <li key={name}>
            <p className={css.line}>
              <Link to="/datasets" search={{ q: name }}>
                {name}
              </Link>
              <span className="number muted">{t('evidence.version', { version: answer.versions[name] ?? '' })}</span>
              <StatusTag tone={isLimited ? 'warning' : 'good'}>
                {t(isLimited ? 'evidence.limited' : 'evidence.whole')}
              </StatusTag>
            </p>
            {first && <p className={css.small}>{first}</p>}
            {rules.length > 0 && (
              <details className={css.small}>
                <summary>{t('evidence.rules', { count: rules.length })}</summary>
                <ul>
                  {rules.map((rule) => (
                    <li key={rule}>{rule}</li>
                  ))}
                </ul>
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}
