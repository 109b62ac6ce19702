/** Every shared piece on one page, with invented data: to see them together, in each theme, and to test them. */
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { flag, oneOf, useView, viewOf } from '../../routing/search';
import { ThemeScope } from '../../theme/mode';
import { Card } from '../../ui/Card';
import { CodeView } from '../../ui/CodeView';
import { DataTable } from '../../ui/DataTable';
import { FilterBar, SearchField } from '../../ui/FilterBar';
import { Kpi } from '../../ui/Kpi';
import { Cells, Grid, Page, Span } from '../../ui/Page';
import { SideDrawer } from '../../ui/SideDrawer';
import { Empty, Failure, NoPermission, Skeleton } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { Timeline } from '../../ui/Timeline';
import { useToast } from '../../ui/toast';
import { Pictures } from './Pictures';

export const galleryView = viewOf({ theme: oneOf(['page', 'cockpit'], 'page'), open: flag() });

export function GalleryPage() {
  const [view] = useView(galleryView);
  return view.theme === 'cockpit' ? (
    <ThemeScope name="cockpit">
      <Gallery />
    </ThemeScope>
  ) : (
    <Gallery />
  );
}

function Gallery() {
  const { t } = useTranslation('gallery');
  const [view, change] = useView(galleryView);
  const toast = useToast();
  return (
    <Page
      title={t('title')}
      subtitle={t('subtitle')}
      mark={<StatusTag tone="info">{t('internal')}</StatusTag>}
      breadcrumb={[{ title: t('up'), to: '/' }, { title: t('title') }]}
      actions={
        <>
          <Segmented<'page' | 'cockpit'>
            value={view.theme}
            options={[
              { value: 'page', label: t('page') },
              { value: 'cockpit', label: t('cockpit') },
            ]}
            onChange={(theme) => change({ theme })}
          />
          <Button onClick={() => toast(t('saved'))}>{t('save')}</Button>
          <Button type="primary" onClick={() => change({ open: true }, 'push')}>
            {t('open')}
          </Button>
        </>
      }
    >
      <Figures />
      <Pictures />
      <Lists />
      <States />
      <SideDrawer open={view.open} onClose={() => change({ open: false })} title={t('open')}>
        <Happenings />
      </SideDrawer>
    </Page>
  );
}

function Figures() {
  const { t } = useTranslation('gallery');
  const against = t('against');
  const trend = [3, 4, 7, 9, 6, 4, 4, 5, 8, 9, 7, 5];
  const shared = { trend };
  return (
    <Cells>
      <Kpi
        title={t('visits')}
        value={3_286_000}
        words={{ unit: { zh: '人次', en: 'visits' } }}
        change={{ share: 0.032, against }}
        direction="up"
        {...shared}
      />
      <Kpi
        title={t('speed')}
        value={28.44}
        words={{ unit: 'km/h', format: 'decimal' }}
        change={{ share: -0.021, against }}
        direction="up"
        {...shared}
      />
      <Kpi title="AQI" value={46} change={{ share: -0.118, against }} direction="down" {...shared} />
      <Kpi
        title={t('orders')}
        value={1284}
        words={{ unit: { zh: '件', en: 'orders' } }}
        change={{ share: 0.054, against }}
        direction="down"
        {...shared}
      />
      <Kpi
        title={t('shared')}
        value={128_430_000}
        words={{ unit: { zh: '次', en: 'times' } }}
        change={{ share: null, against }}
        {...shared}
      />
    </Cells>
  );
}

function Lists() {
  const { t } = useTranslation('gallery');
  const [q, setQ] = useState('');
  const [rows] = useState(() =>
    Array.from({ length: 400 }, (_, i) => ({ id: `GD-${1000 + i}`, n: (i * 7919) % 1000 })),
  );
  const found = useMemo(() => rows.filter((row) => row.id.includes(q)), [rows, q]);
  return (
    <Grid>
      <Span of={7}>
        <Card title={t('orders')} flush>
          <FilterBar
            above
            chips={q ? [{ key: 'q', words: q, onRemove: () => setQ('') }] : []}
            onClear={q ? () => setQ('') : undefined}
            end={t('rows', { count: found.length })}
          >
            <SearchField value={q} onChange={setQ} label={t('find')} />
          </FilterBar>
          <DataTable
            label={t('orders')}
            rows={found}
            keyOf={(row) => row.id}
            height={320}
            csv="orders"
            onOpen={() => undefined}
            columns={[
              { key: 'id', title: t('number'), value: (row) => row.id, width: 140 },
              {
                key: 'state',
                title: t('state'),
                width: 120,
                render: (row) => (
                  <StatusTag tone={row.n % 3 ? 'good' : 'bad'} dot>
                    {row.n % 3 ? t('onTime') : t('late')}
                  </StatusTag>
                ),
              },
              { key: 'n', title: t('visits'), value: (row) => row.n, isNumber: true, width: 120 },
            ]}
          />
        </Card>
      </Span>
      <Span of={5}>
        <Card title={t('timeline')}>
          <Happenings />
          <CodeView
            language="sql"
            label="SQL"
            code={'SELECT district, count(*) AS calls -- 每区\nFROM hotline_calls\nWHERE level >= 3\nGROUP BY 1'}
          />
          <br />
          <CodeView
            language="yaml"
            label="YAML"
            onChange={() => undefined}
            code={'kind: metric\nname: calls\ntitle: {zh: 诉求量, en: Calls}\nagregate: count'}
            marks={MARKS}
          />
        </Card>
      </Span>
    </Grid>
  );
}

const MARKS = [{ line: 4, column: 1, severity: 'error', message: 'agregate → aggregate?' }] as const;

function Happenings() {
  const { t } = useTranslation('gallery');
  return (
    <Timeline
      label={t('timeline')}
      items={[
        { key: '1', at: '2026-09-30T01:28:00Z', title: t('fired'), by: 'pm25_high', tone: 'bad' },
        { key: '2', at: '2026-09-30T01:31:00Z', title: t('accepted'), by: '生态环境局 · 周敏', tone: 'info' },
        { key: '3', at: '2026-09-30T04:00:00Z', title: t('due'), isAhead: true },
      ]}
    />
  );
}

function States() {
  const { t } = useTranslation('gallery');
  const error = new ApiError(503, {
    code: 'unavailable',
    message: t('errorWords'),
    hint: t('errorHint'),
    request_id: '8f2c1a90b3d4e5f6',
  });
  return (
    <Cells least={260}>
      <Card title={t('loading')}>
        <Skeleton height={180} />
      </Card>
      <Card title={t('empty')}>
        <Empty height={180} action={<Button type="primary">{t('open')}</Button>} />
      </Card>
      <Card title={t('error')}>
        <Failure error={error} retry={() => undefined} height={180} />
      </Card>
      <Card title={t('forbidden')}>
        <NoPermission permission="people.manage" height={180} />
      </Card>
    </Cells>
  );
}
