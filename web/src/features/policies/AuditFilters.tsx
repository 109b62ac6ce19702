/** Filters of the audit log; each stands in the URL, and a change begins at the newest entry again. */
import { useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useView } from '../../routing/search';
import { type Chip, FilterBar, SearchField } from '../../ui/FilterBar';
import css from './audit.module.css';
import { overviewQuery } from './queries';
import { useAuditWords } from './useAuditWords';
import { type AuditState, auditView, NO_FILTER, THINGS } from './views';

export function AuditFilters() {
  const { t } = useTranslation('audit');
  const [view, change] = useView(auditView);
  const { data } = useQuery(overviewQuery);
  const words = useAuditWords();
  const set = (changed: Partial<AuditState>) => change({ ...changed, before: 0, after: -1 });
  const choices = {
    allowClear: true,
    showSearch: true,
    optionFilterProp: 'label',
    popupMatchSelectWidth: false,
  } as const;
  return (
    <div className={css.filters}>
      <FilterBar chips={useChips(set)} onClear={() => set(NO_FILTER)}>
        <SearchField value={view.q} onChange={(q) => set({ q })} label={t('search')} width={220} />
        <span className={css.days}>
          <Input
            type="date"
            aria-label={t('since')}
            value={view.since}
            max={view.until || data?.today}
            onChange={(event) => set({ since: event.target.value })}
          />
          –
          <Input
            type="date"
            aria-label={t('until')}
            value={view.until}
            min={view.since}
            onChange={(event) => set({ until: event.target.value })}
          />
        </span>
        <Select
          {...choices}
          aria-label={t('column.actor')}
          placeholder={t('column.actor')}
          value={view.actor || undefined}
          onChange={(actor?: string) => set({ actor: actor ?? '' })}
          options={data?.actors.map(({ id, name }) => ({ value: id, label: words.actor(id, name) })) ?? []}
          style={{ minWidth: 120 }}
        />
        <Select
          {...choices}
          aria-label={t('verb')}
          placeholder={t('verb')}
          value={view.verb || undefined}
          onChange={(verb?: string) => set({ verb: verb ?? '' })}
          options={data?.verbs.map((value) => ({ value, label: words.verb(value) })) ?? []}
          style={{ minWidth: 120 }}
        />
        <Select
          allowClear
          aria-label={t('kind')}
          placeholder={t('kind')}
          value={view.kind || undefined}
          onChange={(kind) => set({ kind: THINGS.find((each) => each === kind) ?? '', thing: '' })}
          options={THINGS.map((value) => ({ value, label: t(`things.${value}`) }))}
          style={{ minWidth: 110 }}
        />
        {view.kind && view.kind !== 'audit' && (
          <SearchField value={view.thing} onChange={(thing) => set({ thing })} label={t('thing')} width={160} />
        )}
        <Select
          allowClear
          aria-label={t('column.purpose')}
          placeholder={t('column.purpose')}
          value={view.purpose || undefined}
          onChange={(purpose?: string) => set({ purpose: purpose ?? '' })}
          options={data?.purposes.map((value) => ({ value, label: words.purpose(value) })) ?? []}
          style={{ minWidth: 100 }}
        />
        <Select
          allowClear
          aria-label={t('column.outcome')}
          placeholder={t('column.outcome')}
          value={view.outcome || undefined}
          onChange={(outcome) => set({ outcome: outcome === 'done' || outcome === 'refused' ? outcome : '' })}
          options={(['done', 'refused'] as const).map((value) => ({ value, label: t(`outcome.${value}`) }))}
          style={{ minWidth: 110 }}
        />
      </FilterBar>
    </div>
  );
}

function useChips(set: (changed: Partial<AuditState>) => void): Chip[] {
  const { t } = useTranslation('audit');
  const [view] = useView(auditView);
  const { data } = useQuery(overviewQuery);
  const words = useAuditWords();
  const name = data?.actors.find(({ id }) => id === view.actor)?.name;
  const said: [keyof typeof NO_FILTER, string][] = [
    ['since', view.since && `${t('since')} ${view.since}`],
    ['until', view.until && `${t('until')} ${view.until}`],
    ['actor', view.actor && words.actor(view.actor, name)],
    ['verb', view.verb && words.verb(view.verb)],
    ['kind', view.kind && [t(`things.${view.kind}`), view.thing].filter(Boolean).join(' ')],
    ['purpose', view.purpose && words.purpose(view.purpose)],
    ['outcome', view.outcome && t(`outcome.${view.outcome}`)],
  ];
  return said.flatMap(([key, chip]) =>
    chip ? [{ key, words: chip, onRemove: () => set(key === 'kind' ? { kind: '', thing: '' } : { [key]: '' }) }] : [],
  );
}
