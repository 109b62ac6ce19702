/** Everybody who can sign in: found, added, changed, blocked. */
import { UserAddOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { departmentsQuery, useDepartment } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { type Column, DataTable } from '../../ui/DataTable';
import { FilterBar, SearchField } from '../../ui/FilterBar';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { PersonDrawer } from './PersonDrawer';
import css from './people.module.css';
import { type Person, peopleQuery } from './queries';
import { type Secret, SecretShown } from './SecretShown';
import { useRoleWords } from './useRoleWords';
import { peopleView } from './views';

const STATES = ['active', 'blocked', 'new'] as const;
type State = (typeof STATES)[number];
const TONE = { active: 'good', blocked: 'bad', new: 'info' } as const;

export function stateOf(person: Person): State {
  return person.active ? (person.must_change ? 'new' : 'active') : 'blocked';
}

export function PeopleTab() {
  const { t } = useTranslation('people');
  const say = useSay();
  const [view, change] = useView(peopleView);
  const query = useQuery(peopleQuery);
  const { data: departments = [] } = useQuery(departmentsQuery);
  const { choices } = useRoleWords();
  const columns = useColumns();
  const [secret, setSecret] = useState<Secret>();
  const q = view.q.toLowerCase();
  const fits = (each: Person) =>
    (!q || each.user_name.includes(q) || each.display_name.toLowerCase().includes(q)) &&
    (!view.department || each.department === view.department) &&
    (!view.role || each.roles.includes(view.role)) &&
    (!view.state || stateOf(each) === view.state);
  const close = () => change({ who: '' });
  return (
    <>
      <div className={css.bar}>
        <FilterBar
          end={
            <Button
              type="primary"
              icon={<UserAddOutlined aria-hidden="true" />}
              onClick={() => change({ who: '+' }, 'push')}
            >
              {t('add')}
            </Button>
          }
        >
          <SearchField value={view.q} onChange={(text) => change({ q: text })} label={t('search')} />
          <Select
            allowClear
            aria-label={t('column.department')}
            placeholder={t('column.department')}
            value={view.department || undefined}
            onChange={(department?: string) => change({ department: department ?? '' })}
            options={departments.map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
            popupMatchSelectWidth={false}
            style={{ minWidth: 120 }}
          />
          <Select
            allowClear
            aria-label={t('column.roles')}
            placeholder={t('column.roles')}
            value={view.role || undefined}
            onChange={(role?: string) => change({ role: role ?? '' })}
            options={choices}
            popupMatchSelectWidth={false}
            style={{ minWidth: 110 }}
          />
          <Select
            allowClear
            aria-label={t('column.state')}
            placeholder={t('column.state')}
            value={view.state || undefined}
            onChange={(state?: State) => change({ state: state ?? '' })}
            options={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
            style={{ minWidth: 110 }}
          />
        </FilterBar>
      </div>
      <StateView query={query} height={480}>
        {(all) => (
          <>
            <DataTable
              label={t('tab.people')}
              columns={columns}
              rows={all.filter(fits)}
              keyOf={(each) => each.user_name}
              onOpen={(each) => change({ who: each.user_name }, 'push')}
              openKey={view.who}
              empty={<Empty height={240} title={t('nobody')} hint={t('nobodyHint')} />}
            />
            <PersonDrawer
              key={view.who}
              person={all.find((each) => each.user_name === view.who)}
              isNew={view.who === '+'}
              onClose={close}
              onSecret={setSecret}
            />
          </>
        )}
      </StateView>
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}

function useColumns(): Column<Person>[] {
  const { t } = useTranslation('people');
  const department = useDepartment();
  const { role } = useRoleWords();
  const { fullMoment } = useFormat();
  const narrow = useNarrow();
  const name: Column<Person> = {
    key: 'name',
    title: t('column.name'),
    width: 170,
    value: (each) => each.display_name,
    render: (each) => (
      <span className={css.named}>
        <span>{each.display_name}</span>
        <code>{each.user_name}</code>
      </span>
    ),
  };
  const state: Column<Person> = {
    key: 'state',
    title: t('column.state'),
    width: 116,
    value: (each) => t(`state.${stateOf(each)}`),
    render: (each) => <StatusTag tone={TONE[stateOf(each)]}>{t(`state.${stateOf(each)}`)}</StatusTag>,
  };
  if (narrow) return [name, state];
  return [
    name,
    { key: 'department', title: t('column.department'), width: 160, value: (each) => department(each.department) },
    { key: 'roles', title: t('column.roles'), width: 180, value: (each) => each.roles.map(role).join('、') || '–' },
    { key: 'level', title: t('column.level'), width: 80, isNumber: true, value: (each) => each.level },
    state,
    {
      key: 'last',
      title: t('column.last'),
      width: 170,
      value: (each) => each.last_sign_in_at,
      render: (each) => (each.last_sign_in_at ? fullMoment(each.last_sign_in_at) : t('never')),
    },
  ];
}
