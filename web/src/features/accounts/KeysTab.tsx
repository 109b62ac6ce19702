/** API keys: one's own, and everybody's for those who manage them; issued, shown once, revoked. */
import { KeyOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../../api/cache';
import { api, done } from '../../api/client';
import { useMay } from '../../api/session';
import { listOf, useLang } from '../../i18n/texts';
import { type Column, DataTable } from '../../ui/DataTable';
import { Empty, StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { useNarrow } from '../../ui/useNarrow';
import { KeyDrawer } from './KeyDrawer';
import css from './people.module.css';
import { type Key, keysQuery } from './queries';
import { type Secret, SecretShown } from './SecretShown';
import { useRoleWords } from './useRoleWords';

export function KeysTab() {
  const { t } = useTranslation('people');
  const may = useMay();
  const query = useQuery(keysQuery);
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<Secret>();
  const columns = useColumns();
  const mayIssue = may('keys.issue') || may('keys.manage');
  const issue = mayIssue && (
    <Button type="primary" icon={<KeyOutlined aria-hidden="true" />} onClick={() => setOpen(true)}>
      {t('issue')}
    </Button>
  );
  return (
    <>
      <div className={`${css.bar} ${css.split}`}>
        <p>{t(mayIssue ? 'keysHint' : 'keysNone')}</p>
        {issue}
      </div>
      <StateView query={query} height={360}>
        {(all) => (
          <DataTable
            label={t('tab.keys')}
            columns={columns}
            rows={all}
            keyOf={(each) => each.id}
            empty={<Empty height={200} title={t('noKey')} hint={mayIssue ? t('noKeyHint') : undefined} />}
          />
        )}
      </StateView>
      {isOpen && <KeyDrawer onClose={() => setOpen(false)} onSecret={setSecret} />}
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}

function useColumns(): Column<Key>[] {
  const { t } = useTranslation('people');
  const { fullMoment } = useFormat();
  const { role } = useRoleWords();
  const lang = useLang();
  const narrow = useNarrow();
  const isOver = (each: Key) => each.expires_at !== null && new Date(each.expires_at) <= new Date();
  const name: Column<Key> = {
    key: 'name',
    title: t('keyName'),
    width: 160,
    render: (each) => (
      <span className={css.named}>
        <span>{each.name}</span>
        <code>city_{each.prefix}_…</code>
      </span>
    ),
  };
  const state: Column<Key> = {
    key: 'state',
    title: t('column.state'),
    width: 90,
    render: (each) =>
      each.revoked_at ? (
        <StatusTag tone="bad">{t('revoked')}</StatusTag>
      ) : isOver(each) ? (
        <StatusTag tone="warning">{t('expired')}</StatusTag>
      ) : (
        <StatusTag tone="good">{t('good')}</StatusTag>
      ),
  };
  const act: Column<Key> = {
    key: 'act',
    title: t('act'),
    width: 90,
    render: (each) => (each.revoked_at ? '–' : <Revoke apiKey={each} />),
  };
  if (narrow) return [name, state, act];
  return [
    name,
    {
      key: 'for',
      title: t('acts'),
      width: 150,
      render: (each) => (each.holder ? t('personalOf', { name: each.holder }) : t('program')),
    },
    {
      key: 'scope',
      title: t('scope'),
      width: 180,
      render: (each) =>
        `${listOf(each.roles.map(role), lang) || t('noRole')} · ${t('level', { level: String(each.level) })}`,
    },
    {
      key: 'expires',
      title: t('expires'),
      width: 160,
      render: (each) => (each.expires_at ? fullMoment(each.expires_at) : t('noExpiry')),
    },
    {
      key: 'used',
      title: t('used'),
      width: 160,
      render: (each) => (each.last_used_at ? fullMoment(each.last_used_at) : t('never')),
    },
    state,
    act,
  ];
}

function Revoke({ apiKey }: { apiKey: Key }) {
  const { t } = useTranslation('people');
  const toast = useToast();
  const onError = useToldError();
  const revoke = useMutation({
    mutationFn: () => done(api.DELETE('/api/accounts/keys/{key_id}', { params: { path: { key_id: apiKey.id } } })),
    onSuccess: () => {
      toast(t('revokedNow'), 'good');
      return cache.invalidateQueries({ queryKey: ['accounts', 'keys'] });
    },
    onError,
  });
  return (
    <Popconfirm
      title={t('revokeAsk', { name: apiKey.name })}
      description={t('revokeHint')}
      okText={t('revoke')}
      cancelText={t('cancel')}
      onConfirm={() => revoke.mutate()}
    >
      <Button size="small" danger loading={revoke.isPending} aria-label={t('revokeOf', { name: apiKey.name })}>
        {t('revoke')}
      </Button>
    </Popconfirm>
  );
}
