/** Texts: one namespace per feature, `i18n/<feature>.{zh,en}.json`, fetched when a page first needs it. */
import i18next, { type BackendModule, type PostProcessorModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { closedUp } from './texts';

export type Lang = 'zh' | 'en';
export const LANGS: readonly Lang[] = ['zh', 'en'];

const KEY = 'cityloop.language';
const files = import.meta.glob<Record<string, unknown>>('./*.json', { import: 'default' });

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read(language, namespace, done) {
    const load = files[`./${namespace}.${language}.json`];
    if (load)
      load().then(
        (texts) => done(null, texts),
        (error: Error) => done(error, null),
      );
    else done(new Error(`no texts ${namespace}.${language}.json`), null);
  },
};

const closeUp: PostProcessorModule = {
  type: 'postProcessor',
  name: 'closeUp',
  process: closedUp,
};

export async function startI18n(): Promise<void> {
  await i18next
    .use(backend)
    .use(closeUp)
    .use(initReactI18next)
    .init({
      lng: storedLang() ?? systemLang(),
      supportedLngs: [...LANGS],
      fallbackLng: false,
      ns: ['shell', 'ui'],
      defaultNS: 'ui',
      postProcess: closeUp.name,
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  markLanguage();
  i18next.on('languageChanged', markLanguage);
}

/** The language now; outside React. Inside use `useLang()`. */
export function currentLang(): Lang {
  return i18next.language === 'en' ? 'en' : 'zh';
}

export async function chooseLang(lang: Lang): Promise<void> {
  localStorage.setItem(KEY, lang);
  await i18next.changeLanguage(lang);
}

/** The language that was chosen on this device, if any. */
export function storedLang(): Lang | undefined {
  return LANGS.find((lang) => lang === localStorage.getItem(KEY));
}

function systemLang(): Lang {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function markLanguage(): void {
  document.documentElement.lang = currentLang();
}
