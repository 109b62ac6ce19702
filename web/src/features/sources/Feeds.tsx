/** Feeds of a source; each can be tried: its first rows, nothing kept. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useMay } from '../../api/session';
import { Card } from '../../ui/Card';
import { Failure, Skeleton } from '../../ui/StateView';
import type { Source } from './queries';
import css from './sources.module.css';

export function Feeds({ source }: { source: Source }) {
  const { t } = useTranslation('sources');
  const may = useMay();
  const test = useMutation({
    mutationFn: (dataset: string) =>
      read(api.POST('/api/sources/{name}/test', { params: { path: { name: source.name } }, body: { dataset } })),
  });
  return (
    <Card title={t('feeds')} subtitle={t('feedsHint')}>
      <ul className={css.feeds}>
        {source.datasets.map((dataset) => (
          <li key={dataset} className={css.feed}>
            <Link to="/datasets/$name" params={{ name: dataset }}>
              {dataset}
            </Link>
            {may('sources.load') && (
              <Button
                size="small"
                onClick={() => test.mutate(dataset)}
                loading={test.isPending && test.variables === dataset}
                aria-label={t('testOf', { dataset })}
              >
                {t('test')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div aria-live="polite">
        {test.isPending && <Skeleton height={160} />}
        {test.isError && <Failure error={test.error} />}
        {test.data && (
          <>
            <p className={css.tried}>
              {t('tried', { dataset: test.data.dataset, columns: String(test.data.columns.length) })}
              {test.data.withheld && ` · ${t(`withheld.${test.data.withheld}`)}`}
              {test.data.encoding && ` · ${test.data.encoding}`}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <section className={css.preview} tabIndex={0} aria-label={t('preview')}>
              <table>
                <thead>
                  <tr>
                    {test.data.columns.map((column) => (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {test.data.rows.map((row, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: rows of a preview have no identity
                    <tr key={i}>
                      {row.map((cell, column) => (
                        <td key={test.data.columns[column]}>{cell ?? '–'}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </>
        )}
      </div>
    </Card>
  );
}
