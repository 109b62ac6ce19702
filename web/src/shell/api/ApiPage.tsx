/** What programs may ask, from the server's own OpenAPI document; nothing comes from elsewhere. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { text, viewOf } from '../../routing/search';
import { Card } from '../../ui/Card';
import { ListFilters, Unmet } from '../../ui/ListFilters';
import { Page } from '../../ui/Page';
import { StateView } from '../../ui/StateView';
import { useFilters } from '../../ui/useFilters';
import css from './api.module.css';
import { curlOf, type Operation, readSpec } from './spec';

const apiView = viewOf({ q: text(), tag: text() });
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
  const filters = useFilters(apiView, all, {
    textOf: ({ id, path, method, summary }) => `${id} ${method} ${path} ${summary}`,
    facets: { tag: { label: t('tag'), of: (each) => each.tag, words: (tag) => tag } },
  });
  return (
    <>
      <ListFilters filters={filters} search={t('search')} />
      {filters.shown.length === 0 && <Unmet filters={filters} />}
      {[...Map.groupBy(filters.shown, ({ tag }) => tag)].map(([tag, operations]) => (
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
