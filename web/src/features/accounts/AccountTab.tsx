/** One's own account: name, what one may do, password, preferences, and where one is signed in. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../../api/cache';
import { api, done, read } from '../../api/client';
import { meQuery, useMe } from '../../api/session';
import { chooseLang, LANGS } from '../../i18n';
import { listOf, useLang, useSay } from '../../i18n/texts';
import { MODES, useTheme } from '../../theme/mode';
import { StateView } from '../../ui/StateView';
import { StatusTag } from '../../ui/StatusTag';
import { useToast, useToldError } from '../../ui/toast';
import { useFormat } from '../../ui/useFormat';
import { Field } from './fields';
import { OwnRequests } from './OwnRequests';
import css from './people.module.css';
import { type Session, sessionsQuery } from './queries';
import { useRoleWords } from './useRoleWords';

export function AccountTab() {
  return (
    <div className={css.account}>
      <Profile />
      <Preferences />
      <OwnRequests />
      <Sessions />
    </div>
  );
}

function Profile() {
  const { t } = useTranslation('people');
  const me = useMe();
  const say = useSay();
  const lang = useLang();
  const toast = useToast();
  const onError = useToldError();
  const { role } = useRoleWords();
  const [name, setName] = useState(me.name);
  const save = useMutation({
    mutationFn: () => read(api.PATCH('/api/accounts/me', { body: { display_name: name } })),
    onSuccess: () => {
      toast(t('saved'), 'good');
      return cache.invalidateQueries({ queryKey: meQuery.queryKey });
    },
    onError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const facts = [
    [t('column.user'), me.id.replace(/^person:/, '')],
    [t('column.department'), say(me.department_title, '–')],
    [t('column.roles'), listOf(me.roles.map(role), lang) || '–'],
    [t('column.level'), t('level', { level: String(me.level) })],
  ] as const;
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{t('profile')}</h2>
      <dl className={css.facts}>
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <form className={css.line} onSubmit={submit}>
        <Field label={t('column.name')}>
          <Input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Button htmlType="submit" loading={save.isPending} disabled={name === me.name}>
          {t('save')}
        </Button>
      </form>
      <p className="muted">{t('powersHint')}</p>
    </section>
  );
}

function Preferences() {
  const { t } = useTranslation(['people', 'shell']);
  const lang = useLang();
  const { mode, setMode } = useTheme();
  const onError = useToldError();
  const choose = useMutation({
    mutationFn: async (language: 'zh' | 'en') => {
      await read(api.PATCH('/api/accounts/me', { body: { language } }));
      await chooseLang(language);
    },
    onError,
  });
  return (
    <section aria-labelledby="preferences">
      <h2 id="preferences">{t('preferences')}</h2>
      <div className={css.line}>
        <Field label={t('shell:language')}>
          <Select
            aria-label={t('shell:language')}
            value={lang}
            onChange={(next) => choose.mutate(next)}
            options={LANGS.map((value) => ({ value, label: value === 'zh' ? '中文' : 'English' }))}
          />
        </Field>
        <Field label={t('shell:theme.label')}>
          <Select
            aria-label={t('shell:theme.label')}
            value={mode}
            onChange={setMode}
            options={MODES.map((value) => ({ value, label: t(`shell:theme.${value}`) }))}
          />
        </Field>
      </div>
      <h2>{t('shell:login.password')}</h2>
      <p className="muted">{t('passwordHint')}</p>
      <p>
        <Link to="/password" className={css.link}>
          {t('shell:account.password')}
        </Link>
      </p>
    </section>
  );
}

function Sessions() {
  const { t } = useTranslation('people');
  const query = useQuery(sessionsQuery);
  const toast = useToast();
  const onError = useToldError();
  const told = () => {
    toast(t('ended'), 'good');
    return cache.invalidateQueries({ queryKey: sessionsQuery.queryKey });
  };
  const endOthers = useMutation({
    mutationFn: () => read(api.POST('/api/accounts/sessions/end-others')),
    onSuccess: told,
    onError,
  });
  const end = useMutation({
    mutationFn: (id: string) =>
      done(api.DELETE('/api/accounts/sessions/{session_id}', { params: { path: { session_id: id } } })),
    onSuccess: told,
    onError,
  });
  return (
    <section aria-labelledby="sessions" className={css.wide}>
      <div className={css.split}>
        <h2 id="sessions">{t('sessions')}</h2>
        <Button
          size="small"
          onClick={() => endOthers.mutate()}
          loading={endOthers.isPending}
          disabled={(query.data?.length ?? 0) < 2}
        >
          {t('endOthers')}
        </Button>
      </div>
      <p className="muted">{t('sessionsHint')}</p>
      <StateView query={query} height={160}>
        {(all) => (
          <ul className={css.sessions}>
            {all.map((each) => (
              <SessionLine key={each.id} session={each} onEnd={() => end.mutate(each.id)} />
            ))}
          </ul>
        )}
      </StateView>
    </section>
  );
}

function SessionLine({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useTranslation('people');
  const { fullMoment } = useFormat();
  const device = deviceOf(session.agent ?? '') || t('unknownDevice');
  return (
    <li>
      <div className={css.named}>
        <span>
          {device} {session.is_current && <StatusTag tone="good">{t('thisOne')}</StatusTag>}
        </span>
        <small className="muted">
          {t('sessionLine', {
            address: session.address,
            began: fullMoment(session.created_at),
            seen: fullMoment(session.seen_at),
          })}
        </small>
      </div>
      {!session.is_current && (
        <Button size="small" onClick={onEnd} aria-label={t('endOf', { device })}>
          {t('end')}
        </Button>
      )}
    </li>
  );
}

/** “Chrome · Windows” from what a browser says of itself. */
export function deviceOf(agent: string): string {
  const browser = [
    ['Edg/', 'Edge'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark]) => mark && agent.includes(mark))?.[1];
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([mark]) => mark && agent.includes(mark))?.[1];
  return [browser, system].filter(Boolean).join(' · ');
}
