import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session';
import { navigationFor } from './navigation';
import css from './navigation.module.css';

/** The list of pages; `narrow` leaves only the signs, with their names as titles. */
export function Navigation({ narrow = false, onGo }: { narrow?: boolean; onGo?: () => void }) {
  const { t } = useTranslation('shell');
  const may = useMay();
  return (
    <nav aria-label={t('nav.label')} className={narrow ? css.narrow : css.nav}>
      {navigationFor(may).map((group) => (
        <div key={group.key} className={css.group}>
          <h2 className={css.name} id={`nav-${group.key}`}>
            {t(`nav.groups.${group.key}`)}
          </h2>
          <ul aria-labelledby={`nav-${group.key}`}>
            {group.entries.map(({ key, to, icon: Icon }) => (
              <li key={key}>
                <Link
                  to={to}
                  className={css.link}
                  activeProps={{ 'aria-current': 'page' }}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  onClick={onGo}
                  title={narrow ? t(`nav.${key}`) : undefined}
                >
                  <span className={css.icon} aria-hidden="true">
                    <Icon />
                  </span>
                  <span className={css.words}>{t(`nav.${key}`)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
