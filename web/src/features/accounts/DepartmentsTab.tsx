/** Departments as a tree, with their people and datasets. They are definitions, changed there. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { departmentsQuery } from '../../api/departments';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, StateView } from '../../ui/StateView';
import css from './people.module.css';
import { datasetsQuery, peopleQuery } from './queries';

interface Line {
  name: string;
  title: string;
  depth: number;
  people: number;
  datasets: number;
}

export function DepartmentsTab() {
  const { t } = useTranslation('people');
  const say = useSay();
  const may = useMay();
  const query = useQuery(departmentsQuery);
  const people = useQuery({ ...peopleQuery, enabled: may('people.manage') }).data;
  const datasets = useQuery(datasetsQuery).data ?? [];
  const columns: Column<Line>[] = [
    {
      key: 'title',
      title: t('column.department'),
      width: 240,
      render: (each) => (
        <span className={css.named} style={{ paddingLeft: each.depth * 20 }}>
          <span>{each.title}</span>
          <code>{each.name}</code>
        </span>
      ),
    },
    ...(people
      ? [
          {
            key: 'people',
            title: t('heads'),
            width: 90,
            isNumber: true,
            render: (each: Line) => (
              <Link to="/people" search={{ tab: 'people', department: each.name }} className={css.link}>
                {each.people}
              </Link>
            ),
          },
        ]
      : []),
    {
      key: 'datasets',
      title: t('owned'),
      width: 90,
      isNumber: true,
      render: (each) => (
        <Link to="/datasets" search={{ owner: each.name }} className={css.link}>
          {each.datasets}
        </Link>
      ),
    },
  ];
  return (
    <StateView
      query={query}
      height={420}
      isEmpty={(all) => all.length === 0}
      empty={<Empty title={t('noDepartment')} />}
    >
      {(all) => {
        const lines = (parent: string | null, depth: number): Line[] =>
          all
            .filter((each) => each.parent === parent)
            .flatMap((each) => [
              {
                name: each.name,
                title: say(each.title, each.name),
                depth,
                people: people?.filter((one) => one.department === each.name).length ?? 0,
                datasets: datasets.filter((one) => one.owner === each.name).length,
              },
              ...lines(each.name, depth + 1),
            ]);
        return (
          <>
            <p className={css.bar}>
              {t('departmentsHint')} {may('definitions.view') && <Link to="/definitions">{t('toDefinitions')}</Link>}
            </p>
            <DataTable
              label={t('tab.departments')}
              columns={columns}
              rows={lines(null, 0)}
              keyOf={(each) => each.name}
            />
          </>
        );
      }}
    </StateView>
  );
}
