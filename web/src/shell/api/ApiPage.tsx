/** What programs may ask, from the server's own OpenAPI document; nothing comes from elsewhere. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { text, useView, viewOf } from '../../routing/search';
import { Card } from '../../ui/Card';
import { FilterBar, SearchField } from '../../ui/FilterBar';
import { Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import css from './api.module.css';
import { curlOf, type Operation, readSpec } from './spec';

const apiView = viewOf({ q: text() });
const ADDRESS = '/api/openapi.json';

const specQuery = queryOptions({
  queryKey: ['session', 'openapi'],
  queryFn: async ({ signal }) => readSpec(await (await fetch(ADDRESS, { signal })).json()),
  staleTime: Number.POSITIVE_INFINITY,
});

export function ApiPage() {
  const { t } = useTranslation('api');
  const query = useQuery(specQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')} actions={<a href={ADDRESS}>openapi.json</a>}>
      <StateView query={query} height={560}>
        {(operations) => <Operations all={operations} />}
      </StateView>
    </Page>
  );
}

function Operations({ all }: { all: Operation[] }) {
  const { t } = useTranslation('api');
  const [{ q }, change] = useView(apiView);
  const words = q.toLowerCase().split(/\s+/);
  const shown = all.filter(({ id, path, method, summary }) => {
    const inside = `${id} ${method} ${path} ${summary}`.toLowerCase();
    return words.every((word) => inside.includes(word));
  });
  return (
    <>
      <FilterBar
        end={
          <span className="muted number" aria-live="polite">
            {t('count', { shown: String(shown.length), all: String(all.length) })}
          </span>
        }
      >
        <SearchField value={q} onChange={(changed) => change({ q: changed })} label={t('search')} width={320} />
      </FilterBar>
      {shown.length === 0 && <Empty title={t('unmet')} height={240} />}
      {[...Map.groupBy(shown, ({ tag }) => tag)].map(([tag, operations]) => (
        <Card key={tag} title={tag} flush>
          {operations.map((operation) => (
            <Described key={operation.id} operation={operation} />
          ))}
        </Card>
      ))}
    </>
  );
}

function Described({ operation }: { operation: Operation }) {
  const { t } = useTranslation('api');
  return (
    <details className={css.operation}>
      <summary>
        <span className={css.method}>{operation.method}</span>
        <code className={css.path}>{operation.path}</code>
        <span className={css.words}>{operation.summary}</span>
      </summary>
      <div className={css.body}>
        {operation.words && <p>{operation.words}</p>}
        {operation.parameters.length > 0 && (
          <dl className={css.parameters} aria-label={t('parameters')}>
            {operation.parameters.map(({ name, place, isRequired, words }) => (
              <div key={`${place}.${name}`}>
                <dt>
                  <code>{name}</code> <span className="muted">{isRequired ? t('required', { place }) : place}</span>
                </dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
        <pre tabIndex={0}>{curlOf(operation, window.location.origin)}</pre>
      </div>
    </details>
  );
}
