import { useTranslation } from 'react-i18next';
import { chooseLang, LANGS } from '../i18n';
import { useLang } from '../i18n/texts';
import css from './switch.module.css';

const NAMES = { zh: '中', en: 'EN' };
const FULL_NAMES = { zh: '中文', en: 'English' };

export function LanguageSwitch() {
  const { t } = useTranslation('shell');
  const now = useLang();
  return (
    <fieldset className={css.switch}>
      <legend className="unseen">{t('language')}</legend>
      {LANGS.map((lang) => (
        <button
          key={lang}
          type="button"
          lang={lang}
          aria-pressed={lang === now}
          title={FULL_NAMES[lang]}
          onClick={() => void chooseLang(lang)}
        >
          {NAMES[lang]}
        </button>
      ))}
    </fieldset>
  );
}
