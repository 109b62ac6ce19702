/** Silences of a rule: who keeps it quiet, until when and why; made and ended here by who may. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done, read } from '../../api/client';
import { useMay } from '../../api/session';
import { usePlace } from '../../query/usePlace';
import { Card } from '../../ui/Card';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import css from './alerts.module.css';
import type { Alert } from './queries';

const HOUR_MS = 3_600_000;

export function Silences({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const may = useMay();
  const place = usePlace();
  const { moment, now } = useFormat();
  const cache = useQueryClient();
  const toast = useToast();
  const onError = useToldError();
  const [hours, setHours] = useState(4);
  const [reason, setReason] = useState('');
  const { name } = alert.definition;
  const onSettled = () => cache.invalidateQueries({ queryKey: ['alerts'] });
  const make = useMutation({
    mutationFn: () =>
      read(
        api.POST('/api/alerts/{alert}/silences', {
          params: { path: { alert: name } },
          body: { until: new Date(now().getTime() + hours * HOUR_MS).toISOString(), reason: reason.trim(), place: {} },
        }),
      ),
    onSuccess: () => {
      setReason('');
      toast(t('silence.made'));
    },
    onError,
    onSettled,
  });
  const end = useMutation({
    mutationFn: (silence: string) =>
      done(api.DELETE('/api/alerts/silences/{silence}', { params: { path: { silence } } })),
    onError,
    onSettled,
  });
  return (
    <Card title={t('silence.title')}>
      <div className={css.form}>
        {alert.silences.length === 0 && <p className="muted">{t('silence.none')}</p>}
        {alert.silences.map((each) => (
          <div key={each.id} className={css.silence}>
            <span dir="auto">
              {t('silence.until', { at: moment(each.until), place: place(each.place) })} · {each.reason}
            </span>
            {may('alerts.manage') && (
              <Button size="small" onClick={() => end.mutate(each.id)}>
                {t('silence.end')}
              </Button>
            )}
          </div>
        ))}
        {may('alerts.manage') ? (
          <form
            className={css.form}
            onSubmit={(event) => {
              event.preventDefault();
              make.mutate();
            }}
          >
            <InputNumber
              aria-label={t('silence.hours')}
              min={1}
              max={720}
              value={hours}
              onChange={(value) => setHours(value ?? 1)}
              suffix={t('silence.unit')}
              style={{ width: '100%' }}
            />
            <Input
              aria-label={t('silence.reason')}
              placeholder={t('silence.reason')}
              maxLength={1_000}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <Button htmlType="submit" disabled={!reason.trim()} loading={make.isPending}>
              {t('silence.make')}
            </Button>
          </form>
        ) : (
          <p className="muted">{t('silence.notYours')}</p>
        )}
      </div>
    </Card>
  );
}
