/** Choose a new password; whoever got a one-time password must, before anything else. */
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { api, read } from '../api/client';
import { ApiError } from '../api/errors';
import { meQuery } from '../api/session';
import { PlainButton } from '../ui/PlainButton';
import css from './login.module.css';

/** Characters; as in `accounts/passwords.py`. */
const SHORTEST = 10;

export function PasswordPage() {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const [given, setGiven] = useState({ current: '', fresh: '', again: '' });
  const change = useMutation({
    mutationFn: () => read(api.POST('/api/accounts/password', { body: { current: given.current, new: given.fresh } })),
    onSuccess: async (me) => {
      cache.setQueryData(meQuery.queryKey, me);
      await navigate({ to: '/' });
    },
  });
  useEffect(() => {
    document.title = `${t('password.title')} · ${t('product')}`;
  }, [t]);
  const differs = given.again !== '' && given.again !== given.fresh;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!differs) change.mutate();
  };
  const { current, fresh, again } = given;
  // What is told while typing; the server has the last word, e.g. on passwords that many people use.
  const rules = [
    ['length', [...fresh].length >= SHORTEST],
    ['varied', new Set(fresh).size >= 5 && /\D/.test(fresh)],
    ['fresh', fresh !== '' && fresh !== current],
    ['same', fresh !== '' && fresh === again],
  ] as const;
  const failed = change.error instanceof ApiError ? `${change.error.message} ${change.error.hint}` : '';
  const fields = [
    { name: 'current', complete: 'current-password' },
    { name: 'fresh', complete: 'new-password' },
    { name: 'again', complete: 'new-password' },
  ] as const;
  return (
    <main className={css.main}>
      <div className={css.box}>
        <h1>{t('password.title')}</h1>
        <p className={css.hint}>{t('password.hint')}</p>
        <form onSubmit={submit}>
          {fields.map(({ name, complete }) => (
            <div key={name}>
              <label htmlFor={name}>{t(`password.${name}`)}</label>
              <input
                id={name}
                type="password"
                autoComplete={complete}
                required
                aria-describedby="rules wrong"
                value={given[name]}
                onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
              />
            </div>
          ))}
          <ul id="rules" className={css.rules} aria-label={t('password.rules.label')}>
            {rules.map(([rule, isMet]) => (
              <li key={rule} data-met={isMet}>
                <span aria-hidden="true">{isMet ? '✓' : '○'}</span> {t(`password.rules.${rule}`)}
              </li>
            ))}
          </ul>
          <p id="wrong" className={css.wrong} role="alert">
            {differs ? t('password.differs') : failed}
          </p>
          <PlainButton primary large submits busy={change.isPending}>
            {t('password.change')}
          </PlainButton>
        </form>
      </div>
    </main>
  );
}
