/** A new order by hand: what, for whom, how urgent, where, by when. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, read } from '../../api/client';
import { departmentsQuery } from '../../api/departments';
import { useSay } from '../../i18n/texts';
import { DateField } from '../../ui/DateField';
import { SideDrawer } from '../../ui/SideDrawer';
import { Failure } from '../../ui/StateView';
import { useToast } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import css from './orders.module.css';
import { PRIORITIES, type Priority } from './views';

export function NewOrder({ onClose }: { onClose: (number?: string) => void }) {
  const { t } = useTranslation('workorders');
  const say = useSay();
  const toast = useToast();
  const cache = useQueryClient();
  const { day, instant, now } = useFormat();
  const { data: departments } = useQuery(departmentsQuery);
  const [title, setTitle] = useState('');
  const [department, setDepartment] = useState<string>();
  const [description, setDescription] = useState('');
  const [priority, setPriority] = useState<Priority>('normal');
  const [place, setPlace] = useState('');
  const [due, setDue] = useState('');
  // Sent again after a lost answer, the same order is opened once.
  const key = useRef(crypto.randomUUID());
  const create = useMutation({
    mutationFn: () =>
      read(
        api.POST('/api/workorders', {
          params: { header: { 'idempotency-key': key.current } },
          body: {
            title: { zh: title.trim(), en: title.trim() },
            department: department ?? '',
            description,
            priority,
            location: { text: place.trim() || null },
            procedure: 'work_order',
            due_at: due ? instant(due) : null,
          },
        }),
      ),
    onSuccess: (order) => {
      toast(t('new.done', { number: order.number }));
      void cache.invalidateQueries({ queryKey: ['workorders'] });
      onClose(order.number);
    },
  });
  const isReady = title.trim() !== '' && department !== undefined;
  return (
    <SideDrawer
      open
      onClose={() => onClose()}
      title={t('new.open')}
      foot={
        <div className={css.foot}>
          <Button type="primary" disabled={!isReady} loading={create.isPending} onClick={() => create.mutate()}>
            {t('new.send')}
          </Button>
          {!isReady && <span className={css.why}>{t('new.needs')}</span>}
        </div>
      }
    >
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) create.mutate();
        }}
      >
        {create.error && <Failure error={create.error} height={120} />}
        <div className={css.field}>
          <Required>{t('new.title')}</Required>
          <Input
            aria-label={t('new.title')}
            aria-required
            value={title}
            maxLength={200}
            onChange={(event) => setTitle(event.target.value)}
          />
        </div>
        <div className={css.pair}>
          <div className={css.field}>
            <Required>{t('column.department')}</Required>
            <Select
              aria-label={t('column.department')}
              aria-required
              showSearch={{ optionFilterProp: 'label' }}
              value={department}
              onChange={setDepartment}
              options={(departments ?? []).map((each) => ({ value: each.name, label: say(each.title, each.name) }))}
            />
          </div>
          <div className={css.field}>
            {t('column.priority')}
            <Select
              aria-label={t('column.priority')}
              value={priority}
              onChange={setPriority}
              options={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
            />
          </div>
        </div>
        <div className={css.field}>
          {t('where')}
          <Input
            aria-label={t('where')}
            value={place}
            maxLength={500}
            onChange={(event) => setPlace(event.target.value)}
          />
        </div>
        <div className={css.field}>
          {t('new.due')}
          <DateField
            withTime
            label={t('new.due')}
            value={due}
            min={day(now().toISOString())}
            onChange={setDue}
            placeholder={t('new.dueHint')}
            style={{ width: '100%' }}
          />
        </div>
        <div className={css.field}>
          {t('what')}
          <Input.TextArea
            aria-label={t('what')}
            rows={5}
            maxLength={10_000}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </div>
      </form>
    </SideDrawer>
  );
}

function Required({ children }: { children: string }) {
  return (
    <span>
      {children}
      <span className={css.required} aria-hidden="true">
        {' *'}
      </span>
    </span>
  );
}
