/** Everybody who can sign in: found, added, changed, blocked. */
import { UserAddOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { listOf, useLang } from '../../i18n/texts';
import { useView } from '../../routing/search';
import type { Column } from '../../ui/DataTable';
import { FilteredTable } from '../../ui/FilteredTable';
import { StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFilters } from '../../ui/useFilters';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { Words } from '../../ui/Words';
import { PersonDrawer } from './PersonDrawer';
import css from './people.module.css';
import { type Person, peopleQuery } from './queries';
import { type Secret, SecretShown } from './SecretShown';
import { useRoleWords } from './useRoleWords';
import { peopleView } from './views';

const STATES = ['active', 'blocked', 'new'] as const;
const TONE = { active: 'good', blocked: 'bad', new: 'info' } as const;

export function stateOf(person: Person): (typeof STATES)[number] {
  return person.active ? (person.must_change ? 'new' : 'active') : 'blocked';
}

export function PeopleTab() {
  const query = useQuery(peopleQuery);
  return (
    <StateView query={query} height={480}>
      {(all) => <People all={all} />}
    </StateView>
  );
}

function People({ all }: { all: readonly Person[] }) {
  const { t } = useTranslation('people');
  const [view, change] = useView(peopleView);
  const department = useDepartment();
  const { role } = useRoleWords();
  const columns = useColumns();
  const [secret, setSecret] = useState<Secret>();
  const filters = useFilters(peopleView, all, {
    textOf: (each) => `${each.user_name} ${each.display_name}`,
    facets: {
      department: { label: t('column.department'), of: (each) => each.department, words: department },
      role: { label: t('column.roles'), of: (each) => each.roles, words: role },
      state: { label: t('column.state'), of: stateOf, words: (state) => t(`state.${state}`), among: STATES },
    },
  });
  return (
    <>
      <FilteredTable
        filters={filters}
        search={t('search')}
        end={
          <Button
            type="primary"
            icon={<UserAddOutlined aria-hidden="true" />}
            onClick={() => change({ who: '+' }, 'push')}
          >
            {t('add')}
          </Button>
        }
        label={t('tab.people')}
        columns={columns}
        keyOf={(each) => each.user_name}
        onOpen={(each) => change({ who: each.user_name }, 'push')}
        openKey={view.who}
      />
      <PersonDrawer
        key={view.who}
        person={all.find((each) => each.user_name === view.who)}
        isNew={view.who === '+'}
        onClose={() => change({ who: '' })}
        onSecret={setSecret}
      />
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}

function useColumns(): Column<Person>[] {
  const { t } = useTranslation('people');
  const department = useDepartment();
  const { role } = useRoleWords();
  const lang = useLang();
  const { fullMoment } = useFormat();
  const narrow = useNarrow();
  const name: Column<Person> = {
    key: 'name',
    title: t('column.name'),
    width: 170,
    value: (each) => each.display_name,
    render: (each) => (
      <span className={css.named}>
        <span>
          <Words of={each.display_name} />
        </span>
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
    { key: 'roles', title: t('column.roles'), width: 180, value: (each) => listOf(each.roles.map(role), lang) || '–' },
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
