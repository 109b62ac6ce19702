/** Asks for a role that opens what one may not see, and says how the request stands. Once granted, the page opens by itself. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LONGEST_WORDS, ownRequestsQuery, type Role, type RoleRequest, rolesQuery } from '../api/roles';
import { useSay } from '../i18n/texts';
import css from './apply.module.css';
import { PlainButton } from './PlainButton';
import { rolesWith } from './rolesWith';
import { Skeleton } from './StateView';
import { StatusTag } from './StatusTag';
import { useFormat } from './useFormat';
import { useAskForRole, useWithdraw } from './useRoleRequests';

export function ApplyForRole({ permission }: { permission: string }) {
  const { t } = useTranslation('ui');
  const all = useQuery(rolesQuery);
  const own = useQuery(ownRequestsQuery);
  const ask = useAskForRole();
  const box = useRef<HTMLDivElement>(null);
  const roles = rolesWith(permission, all.data ?? []);
  const about = (own.data ?? []).filter((each) => roles.some(({ name }) => name === each.role));
  const last = about.find(({ state }) => state === 'open') ?? about[0];
  const isOpen = last?.state === 'open';
  // What was pressed is gone once the request stands or is withdrawn: the focus would be lost with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only this change takes a button away
  useEffect(() => {
    if (document.activeElement === document.body) box.current?.focus();
  }, [isOpen]);
  if (all.isPending || own.isPending) return <Skeleton height={200} />;
  if (all.isError || own.isError) return <p role="alert">{(all.error ?? own.error)?.message}</p>;
  if (roles.length === 0) return <p>{t('state.ask')}</p>;
  const role = roles.find(({ name }) => name === last?.role);
  return (
    <div ref={box} tabIndex={-1} aria-live="polite">
      {last?.state === 'declined' && <Declined request={last} role={role} />}
      {isOpen ? (
        <Standing request={last} role={role} />
      ) : (
        <Form roles={roles} busy={ask.isPending} onAsk={ask.mutate} />
      )}
    </div>
  );
}

function Form({
  roles,
  busy,
  onAsk,
}: {
  roles: readonly Role[];
  busy: boolean;
  onAsk: (asked: { role: string; reason: string }) => void;
}) {
  const { t } = useTranslation(['ui', 'people']);
  const say = useSay();
  const [chosen, setChosen] = useState(roles[0]?.name ?? '');
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk({ role: chosen, reason: reason.trim() });
  };
  const permits = (role: Role) =>
    role.permissions.includes('*')
      ? t('people:permission.all')
      : role.permissions.map((name) => t(`people:permission.${name}`, { defaultValue: name })).join(t('state.comma'));
  return (
    <form className={css.box} aria-label={t('apply.title')} onSubmit={submit}>
      <fieldset className={css.roles}>
        <legend>{t('apply.role')}</legend>
        {roles.map((each) => (
          <label key={each.name} className={css.role}>
            <input
              type="radio"
              name="role"
              value={each.name}
              checked={each.name === chosen}
              onChange={() => setChosen(each.name)}
            />
            <span>{say(each.title, each.name)}</span>
            <small>{permits(each)}</small>
          </label>
        ))}
      </fieldset>
      <label className={css.reason}>
        <span>{t('apply.reason')}</span>
        <textarea
          required
          rows={3}
          maxLength={LONGEST_WORDS}
          value={reason}
          placeholder={t('apply.reasonHint')}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <div className={css.foot}>
        <small>{t('apply.then')}</small>
        <PlainButton primary submits busy={busy}>
          {t('apply.send')}
        </PlainButton>
      </div>
    </form>
  );
}

function Standing({ request, role }: { request: RoleRequest; role: Role | undefined }) {
  const { t } = useTranslation('ui');
  const say = useSay();
  const { moment } = useFormat();
  const withdraw = useWithdraw();
  return (
    <section className={css.box} aria-label={t('apply.standing')}>
      <p className={css.line}>
        <strong>{t('apply.asked', { role: say(role?.title, request.role) })}</strong>
        <StatusTag tone="info">{t('apply.state.open')}</StatusTag>
        <time dateTime={request.asked_at}>{moment(request.asked_at)}</time>
      </p>
      <blockquote className={css.words}>{request.reason}</blockquote>
      <div className={css.foot}>
        <small>{t('apply.then')}</small>
        <PlainButton busy={withdraw.isPending} onClick={() => withdraw.mutate(request.id)}>
          {t('apply.withdraw')}
        </PlainButton>
      </div>
    </section>
  );
}

function Declined({ request, role }: { request: RoleRequest; role: Role | undefined }) {
  const { t } = useTranslation('ui');
  const say = useSay();
  const { moment } = useFormat();
  return (
    <section className={css.box} aria-label={t('apply.last')}>
      <p className={css.line}>
        <strong>{t('apply.asked', { role: say(role?.title, request.role) })}</strong>
        <StatusTag tone="bad">{t('apply.state.declined')}</StatusTag>
        <time dateTime={request.decided_at ?? ''}>{moment(request.decided_at)}</time>
      </p>
      <blockquote className={css.words}>{request.note}</blockquote>
    </section>
  );
}
