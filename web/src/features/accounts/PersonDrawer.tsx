/** One person: name, department, roles, level, attributes; blocked or let in again; a new one-time password. */
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input, Popconfirm, Select } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../../api/cache';
import { api, read } from '../../api/client';
import { useMay, useMe } from '../../api/session';
import { SideDrawer } from '../../ui/SideDrawer';
import { Empty } from '../../ui/StateView';
import { useToast, useToldError } from '../../ui/toast';
import { DepartmentField, Field, LevelField } from './fields';
import css from './people.module.css';
import type { Person } from './queries';
import type { Secret } from './SecretShown';
import { useRoleWords } from './useRoleWords';

export interface PersonDrawerProps {
  person: Person | undefined;
  isNew: boolean;
  onClose: () => void;
  onSecret: (secret: Secret) => void;
}

export function PersonDrawer({ person, isNew, onClose, onSecret }: PersonDrawerProps) {
  const { t } = useTranslation('people');
  const toast = useToast();
  const onError = useToldError();
  const may = useMay();
  const { choices } = useRoleWords();
  const isOwn = useMe().id === `person:${person?.user_name ?? ''}`;
  const [given, setGiven] = useState(() => ({
    user_name: '',
    display_name: person?.display_name ?? '',
    department: person?.department ?? '',
    roles: person?.roles ?? [],
    level: person?.level ?? 1,
    attributes: written(person?.attributes ?? {}),
  }));
  const set = (changed: Partial<typeof given>) => setGiven({ ...given, ...changed });
  const done = async () => {
    await cache.invalidateQueries({ queryKey: ['accounts', 'people'] });
    onClose();
  };
  const shown = (made: { user_name: string; password: string | null }) => {
    if (made.password)
      onSecret({ title: t('oneTime', { name: made.user_name }), hint: t('oneTimeHint'), text: made.password });
    return done();
  };
  const save = useMutation({
    mutationFn: async () => {
      const { user_name, attributes, department, ...rest } = given;
      const body = { ...rest, attributes: readPairs(attributes) };
      if (isNew)
        return read(api.POST('/api/accounts/people', { body: { ...body, user_name, department: department || null } }));
      const path = { user_name: person?.user_name ?? '' };
      const change = isOwn ? { display_name: body.display_name } : { ...body, department };
      await read(api.PATCH('/api/accounts/people/{user_name}', { params: { path }, body: change }));
      return { user_name: path.user_name, password: null };
    },
    onSuccess: (made) => {
      if (!made.password) toast(t('saved'), 'good');
      return shown(made);
    },
    onError,
  });
  const block = useMutation({
    mutationFn: (one: Person) =>
      read(
        api.PATCH('/api/accounts/people/{user_name}', {
          params: { path: { user_name: one.user_name } },
          body: { active: !one.active },
        }),
      ),
    onSuccess: (after) => {
      toast(t(after.active ? 'unblocked' : 'blocked'), 'good');
      return done();
    },
    onError,
  });
  const reset = useMutation({
    mutationFn: (one: Person) =>
      read(
        api.POST('/api/accounts/people/{user_name}/reset-password', { params: { path: { user_name: one.user_name } } }),
      ),
    onSuccess: shown,
    onError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const title = isNew ? t('add') : (person?.display_name ?? '');
  const foot = (
    <div className={css.foot}>
      {person && !isOwn && (
        <>
          <Popconfirm
            title={t(person.active ? 'blockAsk' : 'unblockAsk', { name: person.display_name })}
            description={person.active ? t('blockHint') : undefined}
            okText={t(person.active ? 'block' : 'unblock')}
            cancelText={t('cancel')}
            onConfirm={() => block.mutate(person)}
          >
            <Button danger={person.active} loading={block.isPending}>
              {t(person.active ? 'block' : 'unblock')}
            </Button>
          </Popconfirm>
          <Popconfirm
            title={t('resetAsk', { name: person.display_name })}
            description={t('resetHint')}
            okText={t('reset')}
            cancelText={t('cancel')}
            onConfirm={() => reset.mutate(person)}
          >
            <Button loading={reset.isPending}>{t('reset')}</Button>
          </Popconfirm>
        </>
      )}
      <Button type="primary" htmlType="submit" form="person" loading={save.isPending}>
        {t(isNew ? 'addNow' : 'save')}
      </Button>
    </div>
  );
  return (
    <SideDrawer open={isNew || person !== undefined} onClose={onClose} title={title} foot={foot} width={480}>
      {isNew || person ? (
        <form id="person" className={css.form} onSubmit={submit}>
          {isOwn && <p className={css.note}>{t('ownHint')}</p>}
          {isNew && (
            <Field label={t('column.user')} hint={t('userHint')}>
              <Input required value={given.user_name} onChange={(event) => set({ user_name: event.target.value })} />
            </Field>
          )}
          <Field label={t('column.name')}>
            <Input
              required
              value={given.display_name}
              onChange={(event) => set({ display_name: event.target.value })}
            />
          </Field>
          <DepartmentField value={given.department} onChange={(department) => set({ department })} disabled={isOwn} />
          <Field label={t('column.roles')}>
            <Select
              mode="multiple"
              aria-label={t('column.roles')}
              value={given.roles}
              onChange={(roles: string[]) => set({ roles })}
              options={choices}
              disabled={isOwn}
            />
          </Field>
          <LevelField value={given.level} onChange={(level) => set({ level })} disabled={isOwn} />
          <Field label={t('attributes')} hint={t('attributesHint')}>
            <Input.TextArea
              rows={3}
              value={given.attributes}
              disabled={isOwn}
              onChange={(event) => set({ attributes: event.target.value })}
            />
          </Field>
          {person && may('audit.view') && (
            <Link to="/audit" search={{ kind: 'person', thing: person.user_name }} className={css.link}>
              {t('history')}
            </Link>
          )}
        </form>
      ) : (
        <Empty />
      )}
    </SideDrawer>
  );
}

function written(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

function readPairs(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim());
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), rest.join('=').trim()];
    }),
  );
}
