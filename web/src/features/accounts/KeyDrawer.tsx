/** Issue a key: what for, until when, with which scope. */
import { useMutation } from '@tanstack/react-query';
import { Button, Checkbox, Input, Select } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../../api/cache';
import { api, read } from '../../api/client';
import { useMay, useMe } from '../../api/session';
import { SideDrawer } from '../../ui/SideDrawer';
import { useToldError } from '../../ui/toast';
import { DepartmentField, Field, LevelField } from './fields';
import css from './people.module.css';
import type { Secret } from './SecretShown';
import { useRoleWords } from './useRoleWords';

const NO_ROLES: string[] = [];
const DAY_MS = 86_400_000;
const DAYS = [30, 90, 365, 0] as const;

export function KeyDrawer({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: Secret) => void }) {
  const { t } = useTranslation('people');
  const may = useMay();
  const me = useMe();
  const onError = useToldError();
  const { choices } = useRoleWords();
  const [given, setGiven] = useState({
    name: '',
    department: '',
    roles: NO_ROLES,
    level: 1,
    days: 90,
    personal: true,
  });
  const set = (changed: Partial<typeof given>) => setGiven({ ...given, ...changed });
  const issue = useMutation({
    mutationFn: () => {
      const { days, department, ...rest } = given;
      const expires_at = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
      const body = { ...rest, department: given.personal ? null : department || null, expires_at };
      return read(api.POST('/api/accounts/keys', { body }));
    },
    onSuccess: async (made) => {
      await cache.invalidateQueries({ queryKey: ['accounts', 'keys'] });
      onClose();
      onSecret({ title: t('keyMade', { name: made.name }), hint: t('keyMadeHint'), text: made.key });
    },
    onError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    issue.mutate();
  };
  const roles = given.personal ? choices.filter((each) => me.roles.includes(each.value)) : choices;
  return (
    <SideDrawer
      open
      onClose={onClose}
      title={t('issue')}
      width={480}
      foot={
        <div className={css.foot}>
          <Button type="primary" htmlType="submit" form="key" loading={issue.isPending}>
            {t('issueNow')}
          </Button>
        </div>
      }
    >
      <form id="key" className={css.form} onSubmit={submit}>
        <Field label={t('keyName')} hint={t('keyNameHint')}>
          <Input required maxLength={200} value={given.name} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        {may('keys.manage') && (
          <Checkbox checked={!given.personal} onChange={(event) => set({ personal: !event.target.checked, roles: [] })}>
            {t('forProgram')}
          </Checkbox>
        )}
        <p className={css.note}>{t(given.personal ? 'personalHint' : 'programHint')}</p>
        {!given.personal && <DepartmentField value={given.department} onChange={(department) => set({ department })} />}
        <Field label={t('column.roles')} hint={t('scopeHint')}>
          <Select
            mode="multiple"
            aria-label={t('column.roles')}
            value={given.roles}
            onChange={(next: string[]) => set({ roles: next })}
            options={roles}
          />
        </Field>
        <LevelField value={given.level} onChange={(level) => set({ level })} most={me.level} />
        <Field label={t('expires')}>
          <Select
            aria-label={t('expires')}
            value={given.days}
            onChange={(days) => set({ days })}
            options={DAYS.map((value) => ({
              value,
              label: value ? t('days', { days: String(value) }) : t('noExpiry'),
            }))}
          />
        </Field>
      </form>
    </SideDrawer>
  );
}
