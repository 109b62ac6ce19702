/** Silences of a rule: where, until when and why it keeps quiet; made and ended here by who may. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done, read } from '../../api/client';
import { useMay } from '../../api/session';
import { useSay } from '../../i18n/texts';
import { dimensionsQuery } from '../../query/queries';
import { usePlace } from '../../query/usePlace';
import { Card } from '../../ui/Card';
import { StatusTag } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { Words } from '../../ui/Words';
import css from './alerts.module.css';
import { isAt, type Place, valuesOf } from './places';
import type { Alert } from './queries';

const HOUR_MS = 3_600_000;

export function Silences({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const may = useMay();
  const place = usePlace();
  const { moment } = useFormat();
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: (silence: string) =>
      done(api.DELETE('/api/alerts/silences/{silence}', { params: { path: { silence } } })),
    onError: useToldError(),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Card title={t('silence.title')}>
      <div className={css.form}>
        {alert.silences.length === 0 ? (
          <p className="muted">{t('silence.none')}</p>
        ) : (
          <ul className={css.silences} aria-label={t('silence.title')}>
            {alert.silences.map((each) => (
              <li key={each.id}>
                <span className={css.silence} dir="auto">
                  <span>
                    <StatusTag>
                      <Words of={place(each.place)} />
                    </StatusTag>{' '}
                    {t('silence.until', { at: moment(each.until) })}
                  </span>
                  <span className="muted">{each.reason}</span>
                </span>
                {may('alerts.manage') && (
                  <Button
                    size="small"
                    aria-label={`${t('silence.end')} · ${place(each.place)}`}
                    loading={end.isPending && end.variables === each.id}
                    onClick={() => end.mutate(each.id)}
                  >
                    {t('silence.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {may('alerts.manage') ? <NewSilence alert={alert} /> : <p className="muted">{t('silence.notYours')}</p>}
      </div>
    </Card>
  );
}

function NewSilence({ alert }: { alert: Alert }) {
  const { t } = useTranslation('alerts');
  const { now } = useFormat();
  const cache = useQueryClient();
  const toast = useToast();
  const [hours, setHours] = useState(4);
  const [reason, setReason] = useState('');
  const [place, setPlace] = useState<Place>({});
  const { name, query } = alert.definition;
  const make = useMutation({
    mutationFn: () =>
      read(
        api.POST('/api/alerts/{alert}/silences', {
          params: { path: { alert: name } },
          body: { until: new Date(now().getTime() + hours * HOUR_MS).toISOString(), reason: reason.trim(), place },
        }),
      ),
    onSuccess: () => {
      setReason('');
      setPlace({});
      toast(t('silence.made'));
    },
    onError: useToldError(),
    onSettled: () => cache.invalidateQueries({ queryKey: ['alerts'] }),
  });
  const covered = alert.standings.filter((each) => isAt(each.place, place)).length;
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) make.mutate();
      }}
    >
      {query.by.map((dimension) => (
        <DimensionValue
          key={dimension}
          alert={alert}
          dimension={dimension}
          place={place}
          onChange={(value) => {
            const { [dimension]: _before, ...others } = place;
            setPlace(value === undefined ? others : { ...others, [dimension]: value });
          }}
        />
      ))}
      <div className={css.field}>
        {t('silence.hours')}
        <InputNumber
          aria-label={t('silence.hours')}
          min={1}
          max={720}
          value={hours}
          onChange={(value) => setHours(value ?? 1)}
          suffix={t('silence.unit')}
          style={{ width: '100%' }}
        />
      </div>
      <div className={css.field}>
        {t('silence.reason')}
        <Input
          aria-label={t('silence.reason')}
          placeholder={t('silence.reasonHint')}
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
      {query.by.length > 0 && (
        <p className="muted" aria-live="polite">
          {t('silence.covers', { count: covered, all: alert.standings.length })}
        </p>
      )}
      <Button htmlType="submit" disabled={!reason.trim()} loading={make.isPending}>
        {t('silence.make')}
      </Button>
    </form>
  );
}

interface DimensionValueProps {
  alert: Alert;
  dimension: string;
  place: Place;
  onChange: (value: Place[string] | undefined) => void;
}

/** One value of one of the rule's dimensions; none is everywhere. */
function DimensionValue({ alert, dimension, place, onChange }: DimensionValueProps) {
  const { t } = useTranslation('alerts');
  const say = useSay();
  const words = usePlace();
  const { data: dimensions } = useQuery(dimensionsQuery(alert.definition.query.metrics));
  const title = say(dimensions?.find(({ name }) => name === dimension)?.title, dimension);
  const values = valuesOf(alert.standings, dimension);
  return (
    <div className={css.field}>
      {title}
      <Select
        aria-label={title}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('silence.everywhere')}
        value={dimension in place ? String(place[dimension]) : undefined}
        onChange={(key: string | undefined) => onChange(values.find((each) => String(each) === key))}
        options={values.map((value) => ({ value: String(value), label: words({ [dimension]: value }) }))}
      />
    </div>
  );
}
