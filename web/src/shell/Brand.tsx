import { useTranslation } from 'react-i18next';
import { useCity } from '../api/session';
import { useSay } from '../i18n/texts';
import { Words } from '../ui/Words';
import css from './brand.module.css';
import { Logo } from './Logo';

export function Brand({ narrow = false }: { narrow?: boolean }) {
  const { t } = useTranslation('shell');
  const name = useSay()(useCity().name);
  return (
    <div className={narrow ? css.narrow : css.brand}>
      <Logo />
      {!narrow && (
        <div className={css.words}>
          <span className={css.product}>{t('brand')}</span>
          {name && (
            <span className={css.city}>
              <Words of={name} />
            </span>
          )}
        </div>
      )}
    </div>
  );
}
