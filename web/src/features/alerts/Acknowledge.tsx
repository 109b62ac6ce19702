/** Whether somebody looks after an episode; who may say so does it here. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { useMay } from '../../api/session';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import type { Episode } from './queries';

/** `name` says of which episode, to who does not see where the button stands. */
export function Acknowledge({ episode, name }: { episode: Episode; name: string }) {
  const { t } = useTranslation('alerts');
  const may = useMay();
  const cache = useQueryClient();
  const toast = useToast();
  const { relative } = useFormat();
  const acknowledge = useMutation({
    mutationFn: () =>
      read(api.POST('/api/alerts/events/{event}/acknowledge', { params: { path: { event: episode.id } } })),
    onSuccess: () => toast(t('acknowledged')),
    onError: useToldError(),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  if (episode.acknowledged_at) return <>{t('acknowledgedAt', { at: relative(episode.acknowledged_at) })}</>;
  if (episode.resolved_at) return <>–</>;
  return may('alerts.manage') ? (
    <Button
      size="small"
      aria-label={`${t('acknowledge')} · ${name}`}
      loading={acknowledge.isPending}
      onClick={(event) => {
        event.stopPropagation();
        acknowledge.mutate();
      }}
    >
      {t('acknowledge')}
    </Button>
  ) : (
    <span className="muted">{t('notAcknowledged')}</span>
  );
}
