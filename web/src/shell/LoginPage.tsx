/** Sign in. Says which city this is; a demo city also offers its accounts. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/errors';
import { type DemoAccount, demoAccountsQuery, signIn, useCity } from '../api/session';
import { useSay } from '../i18n/texts';
import { PlainButton } from '../ui/PlainButton';
import { Words } from '../ui/Words';
import { LanguageSwitch } from './LanguageSwitch';
import { Logo } from './Logo';
import { LoopPicture } from './LoopPicture';
import css from './login.module.css';

/** Room that is kept while the demo's accounts are fetched, so that nothing jumps. */
const COMING = Array.from({ length: 10 }, (_, at) => `coming-${at}`);
const PROMISES = ['rows', 'reads', 'figures'] as const;

export function LoginPage() {
  const { t } = useTranslation('shell');
  const city = useCity();
  const name = useSay()(city.name);
  const [account, setAccount] = useState({ name: '', password: '' });
  const { enter, isBusy, wrong } = useEnter();
  useEffect(() => {
    document.title = `${t('login.title')} · ${t('product')}`;
  }, [t]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter(account.name, account.password);
  };
  return (
    <div className={css.login}>
      <aside className={css.story}>
        <p className={css.brand}>
          <Logo />
          {t('product')}
        </p>
        <LoopPicture />
        <div className={css.claims}>
          <p className={css.claim}>{t('login.claim')}</p>
          <ul className={css.promises}>
            {PROMISES.map((each) => (
              <li key={each}>{t(`login.promise.${each}`)}</li>
            ))}
          </ul>
        </div>
      </aside>
      <main className={css.main}>
        <div className={css.language}>
          <LanguageSwitch />
        </div>
        <div className={css.box} data-wide={city.is_demo}>
          <p className={css.phoneBrand}>
            <Logo size={32} />
          </p>
          <h1>
            <Words of={name ? t('login.city', { city: name }) : t('login.title')} />
          </h1>
          <DemoAccounts onChoose={(one) => void enter(one.user_name, one.password)} />
          <p className={css.hint}>{t(city.is_demo ? 'login.ownAccount' : 'login.hint')}</p>
          <form onSubmit={submit}>
            <label htmlFor="name">{t('login.name')}</label>
            <input
              id="name"
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={account.name}
              onChange={(event) => setAccount({ ...account, name: event.target.value })}
            />
            <label htmlFor="password">{t('login.password')}</label>
            <input
              id="password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              aria-invalid={wrong !== ''}
              aria-describedby="wrong"
              value={account.password}
              onChange={(event) => setAccount({ ...account, password: event.target.value })}
            />
            <p id="wrong" className={css.wrong} role="alert">
              {wrong}
            </p>
            <PlainButton primary large submits busy={isBusy}>
              {t('login.enter')}
            </PlainButton>
          </form>
          <p className={css.help}>{t('login.help')}</p>
        </div>
      </main>
    </div>
  );
}

function useEnter() {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const router = useRouter();
  const search: { next?: string } = useSearch({ strict: false });
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const enter = async (name: string, password: string) => {
    setBusy(true);
    setWrong('');
    try {
      const me = await signIn(name, password);
      if (me.must_change_password) await navigate({ to: '/password' });
      else router.history.push(search.next ?? '/');
    } catch (error) {
      const told = error instanceof ApiError && error.message ? `${error.message} ${error.hint}` : t('login.broken');
      setWrong(told.trim());
      document.getElementById('password')?.focus();
    } finally {
      setBusy(false);
    }
  };
  return { enter, isBusy, wrong };
}

function DemoAccounts({ onChoose }: { onChoose: (account: DemoAccount) => void }) {
  const { t } = useTranslation('shell');
  const say = useSay();
  const { is_demo } = useCity();
  const { data: accounts = [], isPending } = useQuery({ ...demoAccountsQuery, enabled: is_demo });
  if (!is_demo || (accounts.length === 0 && !isPending)) return null;
  return (
    <section className={css.demo} aria-labelledby="demo">
      <h2 id="demo">{t('login.demo')}</h2>
      <ul aria-busy={isPending}>
        {isPending && COMING.map((key) => <li key={key} className={css.coming} />)}
        {accounts.map((account) => (
          <li key={account.user_name}>
            <button type="button" onClick={() => onChoose(account)}>
              <span>{say(account.name, account.user_name)}</span>
              <small>{say(account.shows)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
