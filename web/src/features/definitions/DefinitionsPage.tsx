/** Everything the city defines, by kind: found by words, owner and last change; begun anew, or taken home as files. */
import { DownloadOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import type { Column } from '../../ui/DataTable';
import { FilteredTable } from '../../ui/FilteredTable';
import { Page } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { useFilters } from '../../ui/useFilters';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import css from './definitions.module.css';
import { KindWord } from './PlanDrawer';
import { allQuery, type Kind, kindsQuery, type Summary } from './queries';
import { definitionsView } from './views';
import { textOf } from './words';

export function DefinitionsPage() {
  const { t } = useTranslation('definitions');
  const kinds = useQuery(kindsQuery);
  const all = useQuery(allQuery);
  return (
    <Page title={t('title')} subtitle={t('subtitle')} actions={<Actions kinds={kinds.data?.kinds ?? []} />}>
      <StateView query={all} height={560}>
        {(found) => (
          <div className={css.list}>
            <Kinds kinds={kinds.data?.kinds ?? []} total={found.length} />
            <All all={found} />
          </div>
        )}
      </StateView>
    </Page>
  );
}

function Actions({ kinds }: { kinds: readonly Kind[] }) {
  const { t } = useTranslation('definitions');
  const [view] = useView(definitionsView);
  const may = useMay();
  const say = useSay();
  const navigate = useNavigate();
  const begin = (kind: string) => void navigate({ to: '/definitions/new/$kind', params: { kind } });
  return (
    <>
      <Button icon={<DownloadOutlined aria-hidden="true" />} href="/api/definitions/archive" download>
        {t('exportAll')}
      </Button>
      {may('definitions.apply') &&
        (view.kind ? (
          <Button type="primary" icon={<PlusOutlined aria-hidden="true" />} onClick={() => begin(view.kind)}>
            {t('newOf', { kind: say(kinds.find((each) => each.name === view.kind)?.title, view.kind) })}
          </Button>
        ) : (
          <Dropdown
            trigger={['click']}
            autoFocus
            menu={{
              items: kinds.map((each) => ({ key: each.name, label: say(each.title, each.name) })),
              onClick: ({ key }) => begin(key),
            }}
          >
            <Button type="primary" icon={<PlusOutlined aria-hidden="true" />}>
              {t('newShort')} ▾
            </Button>
          </Dropdown>
        ))}
    </>
  );
}

function Kinds({ kinds, total }: { kinds: readonly Kind[]; total: number }) {
  const { t } = useTranslation('definitions');
  const say = useSay();
  const [view] = useView(definitionsView);
  const rows = [
    { name: '', words: t('everyKind'), count: total },
    ...kinds.map((each) => ({ ...each, words: say(each.title, each.name) })),
  ];
  return (
    <nav className={css.kinds} aria-label={t('kinds')}>
      {rows.map(({ name, words, count }) => (
        <Link
          key={name}
          to="/definitions"
          search={(before) => definitionsView.read({ ...before, kind: name })}
          className={css.kind}
          aria-current={view.kind === name ? 'page' : undefined}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {words} <span className="number">{count}</span>
        </Link>
      ))}
    </nav>
  );
}

function All({ all }: { all: Summary[] }) {
  const { t } = useTranslation('definitions');
  const [view] = useView(definitionsView);
  const department = useDepartment();
  const navigate = useNavigate();
  const columns = useColumns(view.kind === '');
  const ofKind = all.filter((each) => !view.kind || each.kind === view.kind);
  const filters = useFilters(definitionsView, ofKind, {
    textOf,
    facets: { owner: { label: t('column.owner'), of: (each) => each.owner, words: department } },
  });
  return (
    <Card flush className={css.all}>
      {all.length === 0 ? (
        <Empty title={t('none')} hint={t('noneHint')} height={240} />
      ) : (
        <FilteredTable
          filters={filters}
          search={t('search')}
          label={t('title')}
          columns={columns}
          keyOf={(each) => `${each.kind}/${each.name}`}
          onOpen={({ kind, name }) => void navigate({ to: '/definitions/$kind/$name', params: { kind, name } })}
          height={640}
        />
      )}
    </Card>
  );
}

function useColumns(withKind: boolean): Column<Summary>[] {
  const { t } = useTranslation('definitions');
  const say = useSay();
  const narrow = useNarrow();
  const department = useDepartment();
  const { relative, fullMoment } = useFormat();
  const kinds = useQuery(kindsQuery).data?.kinds;
  const title: Column<Summary> = {
    key: 'title',
    title: t('column.title'),
    width: narrow ? 200 : 250,
    value: (each) => say(each.title, each.name),
    render: (each) => (
      <span className={css.titled}>
        <strong>{say(each.title, each.name)}</strong>
        <code>{each.name}</code>
      </span>
    ),
  };
  const kind: Column<Summary> = {
    key: 'kind',
    title: t('column.kind'),
    width: 96,
    value: (each) => say(kinds?.find((one) => one.name === each.kind)?.title, each.kind),
    render: (each) => <KindWord kind={each.kind} />,
  };
  const at: Column<Summary> = {
    key: 'at',
    title: t('column.at'),
    width: narrow ? 120 : 180,
    value: (each) => each.at,
    render: (each) => (
      <span title={fullMoment(each.at)}>
        {relative(each.at)} {!narrow && <span className="muted">{each.author_name}</span>}
      </span>
    ),
  };
  if (narrow) return [title, at];
  return [
    title,
    ...(withKind ? [kind] : []),
    { key: 'owner', title: t('column.owner'), width: 160, value: (each) => department(each.owner) },
    { key: 'version', title: t('column.version'), width: 100, isNumber: true, value: (each) => each.version },
    at,
  ];
}
