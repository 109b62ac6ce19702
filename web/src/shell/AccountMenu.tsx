import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, read } from '../api/client';
import { signOut, useMe } from '../api/session';
import { useSay } from '../i18n/texts';
import { MODES, useTheme } from '../theme/mode';
import { Words } from '../ui/Words';
import css from './account.module.css';
import { Popover } from './Popover';
import switches from './switch.module.css';

export function AccountMenu() {
  const { t } = useTranslation('shell');
  const me = useMe();
  return (
    <Popover
      label={t('account.label', { name: me.name })}
      className={css.face}
      button={<span aria-hidden="true">{[...me.name][0]?.toUpperCase()}</span>}
    >
      {(close) => <Panel close={close} />}
    </Popover>
  );
}

function Panel({ close }: { close: () => void }) {
  const { t } = useTranslation('shell');
  const say = useSay();
  const navigate = useNavigate();
  const me = useMe();
  const { mode, setMode } = useTheme();
  const { data: roles } = useQuery({
    queryKey: ['accounts', 'roles'],
    queryFn: ({ signal }) => read(api.GET('/api/accounts/roles', { signal })),
  });
  const titles = me.roles.map((name) => say(roles?.find((role) => role.name === name)?.title, name));
  const leave = async () => {
    close();
    await signOut();
    await navigate({ to: '/login' });
  };
  return (
    <>
      <div className={css.who}>
        <p className={css.name}>
          <Words of={me.name} />
        </p>
        <p className={css.role}>{[say(me.department_title), ...titles].filter(Boolean).join(' · ')}</p>
      </div>
      <fieldset className={css.part}>
        <legend>{t('theme.label')}</legend>
        <div className={`${switches.switch} ${switches.wide}`}>
          {MODES.map((each) => (
            <button key={each} type="button" aria-pressed={each === mode} onClick={() => setMode(each)}>
              {t(`theme.${each}`)}
            </button>
          ))}
        </div>
      </fieldset>
      <ul className={css.links}>
        <li>
          <Link to="/people" search={{ tab: 'account' }} onClick={close}>
            {t('account.own')}
          </Link>
        </li>
        <li>
          <Link to="/password" onClick={close}>
            {t('account.password')}
          </Link>
        </li>
        <li>
          <Link to="/api/docs" onClick={close}>
            {t('account.docs')}
          </Link>
        </li>
        <li>
          <button type="button" onClick={() => void leave()}>
            {t('account.signOut')}
          </button>
        </li>
      </ul>
    </>
  );
}
