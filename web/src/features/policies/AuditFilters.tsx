/** Filters of the audit log; each stands in the URL, and a change begins at the newest entry again. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useView } from '../../routing/search';
import { DateField } from '../../ui/DateField';
import { FilterBar, FilterSelect, SearchField } from '../../ui/FilterBar';
import css from './audit.module.css';
import { overviewQuery } from './queries';
import { useAuditWords } from './useAuditWords';
import { type AuditState, auditView, NO_FILTER, OUTCOMES, THINGS } from './views';

export function AuditFilters() {
  const { t } = useTranslation('audit');
  const [view, change] = useView(auditView);
  const { data } = useQuery(overviewQuery);
  const words = useAuditWords();
  const set = (changed: Partial<AuditState>) => change({ ...changed, before: 0, after: -1 });
  const { entry: _entry, before: _before, after: _after, ...filters } = view;
  return (
    <FilterBar above onClear={Object.values(filters).some(Boolean) ? () => set(NO_FILTER) : undefined}>
      <SearchField value={view.q} onChange={(q) => set({ q })} label={t('search')} width={220} />
      <span className={css.days}>
        <DateField
          label={t('since')}
          value={view.since}
          max={view.until || data?.today}
          onChange={(since) => set({ since })}
        />
        –
        <DateField label={t('until')} value={view.until} min={view.since} onChange={(until) => set({ until })} />
      </span>
      <FilterSelect
        label={t('column.actor')}
        value={view.actor}
        choices={data?.actors.map(({ id, name }) => ({ value: id, label: words.actor(id, name) })) ?? []}
        onChange={(actor) => set({ actor })}
      />
      <FilterSelect
        label={t('verb')}
        value={view.verb}
        choices={data?.verbs.map((value) => ({ value, label: words.verb(value) })) ?? []}
        onChange={(verb) => set({ verb })}
      />
      <FilterSelect
        label={t('kind')}
        value={view.kind}
        choices={THINGS.map((value) => ({ value, label: t(`things.${value}`) }))}
        onChange={(kind) => set({ kind: THINGS.find((each) => each === kind) ?? '', thing: '' })}
      />
      {view.kind && view.kind !== 'audit' && (
        <SearchField value={view.thing} onChange={(thing) => set({ thing })} label={t('thing')} width={160} />
      )}
      <FilterSelect
        label={t('column.purpose')}
        value={view.purpose}
        choices={data?.purposes.map((value) => ({ value, label: words.purpose(value) })) ?? []}
        onChange={(purpose) => set({ purpose })}
      />
      <FilterSelect
        label={t('column.outcome')}
        value={view.outcome}
        choices={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
        onChange={(outcome) => set({ outcome: OUTCOMES.find((each) => each === outcome) ?? '' })}
      />
    </FilterBar>
  );
}
