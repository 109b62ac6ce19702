/** Published versions, newest first; those who may let readers see an earlier one again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useMay } from '../../api/session';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { Timeline } from '../../ui/Timeline';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { type Dataset, versionsQuery } from './queries';

export function VersionsTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets');
  const { full } = useFormat();
  const may = useMay();
  const query = useQuery(versionsQuery(dataset.name));
  return (
    <StateView
      query={query}
      height={320}
      isEmpty={(all) => all.length === 0}
      empty={<Empty height={320} title={t('version.none')} />}
    >
      {(versions) => (
        <div style={{ padding: '16px 20px', maxWidth: 760 }}>
          <Timeline
            label={t('tab.versions')}
            items={versions.map((each, i) => ({
              key: String(each.number),
              at: each.at,
              tone: i === 0 ? 'good' : 'neutral',
              title: (
                <>
                  {t('version.number', { number: String(each.number) })} · {t(`reason.${each.reason}`, each.reason)}{' '}
                  {i === 0 && <StatusTag tone="good">{t('version.current')}</StatusTag>}
                  {each.cleared && <StatusTag>{t('version.cleared')}</StatusTag>}
                </>
              ),
              by: t('version.rows', { rows: full(each.rows), aside: full(each.quarantined), by: each.actor }),
              details:
                i > 0 && !each.cleared && may('datasets.repair') ? (
                  <RollBack dataset={dataset} version={each.number} />
                ) : undefined,
            }))}
          />
        </div>
      )}
    </StateView>
  );
}

function RollBack({ dataset, version }: { dataset: Dataset; version: number }) {
  const { t } = useTranslation('datasets');
  const toast = useToast();
  const client = useQueryClient();
  const onError = useToldError();
  const back = useMutation({
    mutationFn: () =>
      read(
        api.POST('/api/datasets/{dataset}/roll-back', {
          params: { path: { dataset: dataset.name } },
          body: { version },
        }),
      ),
    onSuccess: (made) => {
      toast(t('version.done', { number: String(version), made: String(made.number) }), 'good');
      void client.invalidateQueries({ queryKey: ['datasets'] });
    },
    onError,
  });
  return (
    <Popconfirm
      title={t('version.ask', { number: String(version) })}
      description={t('version.askHint')}
      onConfirm={() => back.mutate()}
    >
      <Button size="small" aria-label={`${t('version.rollBack')} · ${version}`} loading={back.isPending}>
        {t('version.rollBack')}
      </Button>
    </Popconfirm>
  );
}
