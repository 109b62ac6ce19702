/** What each role permits, in words, and who has it. Roles are definitions, changed there. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Role, rolesQuery } from '../../api/roles';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { type Column, DataTable } from '../../ui/DataTable';
import { StateView } from '../../ui/StateView';
import css from './people.module.css';
import { peopleQuery } from './queries';
import { useRoleWords } from './useRoleWords';

export function RolesTab() {
  const { t } = useTranslation('people');
  const say = useSay();
  const may = useMay();
  const query = useQuery(rolesQuery);
  const people = useQuery({ ...peopleQuery, enabled: may('people.manage') }).data;
  const { permission } = useRoleWords();
  const columns: Column<Role>[] = [
    {
      key: 'title',
      title: t('column.role'),
      width: 160,
      render: (each) => (
        <span className={css.named}>
          <span>{say(each.title, each.name)}</span>
          <code>{each.name}</code>
        </span>
      ),
    },
    {
      key: 'permissions',
      title: t('column.permissions'),
      width: 420,
      render: (each) => (
        <ul className={css.tags}>
          {each.permissions.map((name) => (
            <li key={name} title={name}>
              {permission(name)}
            </li>
          ))}
        </ul>
      ),
    },
    ...(people
      ? [
          {
            key: 'people',
            title: t('held'),
            width: 90,
            isNumber: true,
            render: (each: Role) => (
              <Link to="/people" search={{ tab: 'people', role: each.name }} className={css.link}>
                {people.filter((one) => one.roles.includes(each.name)).length}
              </Link>
            ),
          },
        ]
      : []),
  ];
  return (
    <StateView query={query} height={420}>
      {(all) => (
        <>
          <p className={css.bar}>
            {t('rolesHint')} {may('definitions.view') && <Link to="/definitions">{t('toDefinitions')}</Link>}
          </p>
          <DataTable label={t('tab.roles')} columns={columns} rows={all} keyOf={(each) => each.name} />
        </>
      )}
    </StateView>
  );
}
