/** One definition: its YAML to read or edit, its versions, what it refers to and what refers to it. */
import { CopyOutlined, DeleteOutlined, DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Button, Dropdown, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDepartment } from '../../api/departments';
import { ApiError } from '../../api/errors';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { Card } from '../../ui/Card';
import { CodeView } from '../../ui/CodeView';
import { save } from '../../ui/csv';
import { Grid, Page, Span } from '../../ui/Page';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useFormat } from '../../ui/useFormat';
import { applyDraft } from './apply';
import css from './definitions.module.css';
import { isSame, useDraft } from './draft';
import { Editor } from './Editor';
import { Leaving } from './Leaving';
import { Overtaken } from './Overtaken';
import { KindWord, Named, PlanDrawer } from './PlanDrawer';
import { type Detail, type Draft, kindsQuery, oneQuery, versionsQuery } from './queries';
import { Versions } from './Versions';
import { definitionView, TABS } from './views';

export function DefinitionPage() {
  const { kind = '', name = '' } = useParams({ strict: false });
  const query = useQuery(oneQuery(kind, name));
  const crumbs = useCrumbs(kind, name);
  const isGone = query.error instanceof ApiError && query.error.isMissing;
  if (isGone) return <Gone key={`${kind}/${name}`} kind={kind} name={name} query={query} />;
  if (query.data) return <DefinitionView key={`${kind}/${name}`} stored={query.data} />;
  return (
    <Page title={name} breadcrumb={crumbs}>
      <Card>
        <StateView query={query} height={560}>
          {() => null}
        </StateView>
      </Card>
    </Page>
  );
}

function useCrumbs(kind: string, name: string) {
  const { t } = useTranslation('definitions');
  const say = useSay();
  const title = useQuery(kindsQuery).data?.kinds.find((each) => each.name === kind)?.title;
  return [
    { title: t('title'), to: '/definitions' },
    { title: say(title, kind), to: `/definitions?kind=${kind}` },
    { title: name },
  ];
}

function DefinitionView({ stored }: { stored: Detail }) {
  const { t } = useTranslation('definitions');
  const say = useSay();
  const may = useMay();
  const { relative } = useFormat();
  const department = useDepartment();
  const [view, change] = useView(definitionView);
  const mayApply = may('definitions.apply');
  const { kind, name } = stored;
  return (
    <Page
      title={say(stored.title, name)}
      breadcrumb={useCrumbs(kind, name)}
      mark={
        <>
          <StatusTag tone="info">
            <KindWord kind={kind} />
          </StatusTag>
          {!mayApply && <StatusTag>{t('readOnly')}</StatusTag>}
        </>
      }
      subtitle={[
        department(stored.owner),
        t('version', { version: String(stored.version) }),
        t('changed', { author: stored.author_name, at: relative(stored.at) }),
      ]
        .filter((each) => each !== '–')
        .join(' · ')}
      actions={<Actions stored={stored} />}
    >
      <Segmented
        aria-label={t('tabs')}
        style={{ alignSelf: 'flex-start' }}
        value={view.tab}
        onChange={(tab) => change({ tab })}
        options={TABS.map((value) => ({
          value,
          label: t(value === 'edit' && !mayApply ? 'tab.read' : `tab.${value}`),
        }))}
      />
      {view.tab === 'versions' ? (
        <Card>
          <Versions kind={kind} name={name} />
        </Card>
      ) : (
        <Writing stored={stored} mayApply={mayApply} />
      )}
    </Page>
  );
}

function Writing({ stored, mayApply }: { stored: Detail; mayApply: boolean }) {
  const { t } = useTranslation('definitions');
  const { kind, name, version } = stored;
  const { relative, now } = useFormat();
  const [kept, keep] = useDraft(`${kind}/${name}`);
  const [planned, setPlanned] = useState<Draft>();
  const navigate = useNavigate();
  const draft = mayApply && kept && !isSame(kept.text, stored.text) ? kept : undefined;
  const text = draft?.text ?? stored.text;
  const isOvertaken = draft !== undefined && draft.version !== version;
  const write = (written: string) =>
    keep(
      isSame(written, stored.text)
        ? undefined
        : { text: written, version: draft?.version ?? version, at: new Date(now()).toISOString() },
    );
  const plan = () => {
    if (draft && !isOvertaken)
      setPlanned({ kind, text: draft.text, remove: [], base: [{ kind, name, version: draft.version }] });
  };
  return (
    <Grid>
      <Span of={9}>
        <Card>
          {isOvertaken && (
            <Overtaken
              stored={stored}
              draft={draft}
              onTakeTheirs={() => keep(undefined)}
              onKeepMine={() => keep({ ...draft, version })}
            />
          )}
          <Editor
            kind={kind}
            text={text}
            onChange={mayApply ? write : undefined}
            onSave={plan}
            actions={
              mayApply && (
                <>
                  {draft && <span className="muted">{t('draftKept', { at: relative(draft.at) })}</span>}
                  <Button disabled={!draft} onClick={() => keep(undefined)}>
                    {t('revert')}
                  </Button>
                  <Button type="primary" disabled={!draft || isOvertaken} onClick={plan}>
                    {t('plan')}
                  </Button>
                </>
              )
            }
          />
        </Card>
      </Span>
      <Span of={3}>
        <Card title={t('around')}>
          <Named title={t('uses', { count: stored.uses.length })} named={stored.uses} none={t('usesNone')} />
          <Named title={t('usedBy', { count: stored.used_by.length })} named={stored.used_by} none={t('usedByNone')} />
          <div className={css.named}>
            <h4>{t('file')}</h4>
            <code className={css.file}>{stored.file}</code>
          </div>
        </Card>
      </Span>
      <Leaving isDirty={draft !== undefined} />
      <PlanDrawer
        draft={planned}
        title={t('planOf', { name })}
        verb={t('apply')}
        onClose={() => setPlanned(undefined)}
        apply={applyDraft}
        onApplied={({ changed }) => {
          setPlanned(undefined);
          keep(undefined);
          const other = changed.find((each) => each.kind === kind && each.name === name) ? undefined : changed[0];
          if (other) void navigate({ to: '/definitions/$kind/$name', params: { ...other }, ignoreBlocker: true });
        }}
      />
    </Grid>
  );
}

const PAGES: Record<string, (name: string) => string> = {
  metric: (name) => `/metrics/${name}`,
  dashboard: (name) => `/dashboards/${name}`,
  dataset: (name) => `/datasets/${name}`,
  source: (name) => `/sources/${name}`,
  alert: () => '/alerts',
};

function Actions({ stored }: { stored: Detail }) {
  const { t } = useTranslation('definitions');
  const may = useMay();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<Draft>();
  const { kind, name, version } = stored;
  const page = PAGES[kind]?.(name);
  const changing = [
    { key: 'copy', icon: <CopyOutlined aria-hidden="true" />, label: t('duplicate') },
    { key: 'delete', icon: <DeleteOutlined aria-hidden="true" />, label: t('delete'), danger: true },
  ];
  return (
    <>
      {page && <Link to={page}>{t('openPage')} →</Link>}
      <Dropdown
        trigger={['click']}
        autoFocus
        menu={{
          items: [
            { key: 'yaml', icon: <DownloadOutlined aria-hidden="true" />, label: t('download') },
            ...(may('definitions.apply') ? changing : []),
          ],
          onClick: ({ key }) => {
            if (key === 'yaml') save(`${name}.yaml`, stored.text);
            else if (key === 'copy')
              void navigate({ to: '/definitions/new/$kind', params: { kind }, search: { copy: name } });
            else setDeleting({ kind, text: '', remove: [{ kind, name }], base: [{ kind, name, version }] });
          },
        }}
      >
        <Button>{t('more')} ▾</Button>
      </Dropdown>
      <PlanDrawer
        draft={deleting}
        title={t('deleteOf', { name })}
        verb={t('delete')}
        danger
        onClose={() => setDeleting(undefined)}
        apply={applyDraft}
        onApplied={() => {
          setDeleting(undefined);
          return navigate({ to: '/definitions', search: { kind } });
        }}
      />
    </>
  );
}

/** What is not there now: its versions say whether it ever was, and a draft of it is still shown. */
function Gone({
  kind,
  name,
  query,
}: {
  kind: string;
  name: string;
  query: React.ComponentProps<typeof StateView>['query'];
}) {
  const { t } = useTranslation('definitions');
  const versions = useQuery(versionsQuery(kind, name)).data ?? [];
  const [kept, keep] = useDraft(`${kind}/${name}`);
  return (
    <Page
      title={name}
      breadcrumb={useCrumbs(kind, name)}
      mark={versions.length > 0 && <StatusTag>{t('deleted')}</StatusTag>}
    >
      {kept && (
        <Card title={t('yourDraft')} actions={<Button onClick={() => keep(undefined)}>{t('revert')}</Button>}>
          <CodeView language="yaml" label={t('yourDraft')} code={kept.text} />
        </Card>
      )}
      <Card>
        {versions.length > 0 ? (
          <Versions kind={kind} name={name} />
        ) : (
          <StateView query={{ ...query, data: undefined, refetch: query.refetch }} height={400}>
            {() => <Empty />}
          </StateView>
        )}
      </Card>
    </Page>
  );
}
