/** Which theme applies: what the person chose (light, dark, or as the system says), or what a page forces on its part. */

import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { antdTheme } from './antd';
import { type ThemeName, TOKENS, type Tokens } from './tokens';

export type Mode = 'light' | 'dark' | 'system';
export const MODES: readonly Mode[] = ['light', 'dark', 'system'];

const KEY = 'cityloop.theme';
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
const stillSystem = window.matchMedia('(prefers-reduced-motion: reduce)');

interface ThemeValue {
  name: ThemeName;
  tokens: Tokens;
  mode: Mode;
  setMode: (mode: Mode) => void;
}

const ThemeContext = createContext<ThemeValue>({
  name: 'light',
  tokens: TOKENS.light,
  mode: 'system',
  setMode: () => undefined,
});

/** The theme here: its name, its tokens, and the person's choice with its setter. */
export function useTheme(): ThemeValue {
  return useContext(ThemeContext);
}

/** Whether the system asks for little motion; charts and maps then jump instead of gliding. */
export function useStill(): boolean {
  return useSyncExternalStore(onChangeOf(stillSystem), () => stillSystem.matches);
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [mode, setMode] = useState<Mode>(storedMode);
  const systemIsDark = useSyncExternalStore(onChangeOf(darkSystem), () => darkSystem.matches);
  const name = mode === 'system' ? (systemIsDark ? 'dark' : 'light') : mode;
  useEffect(() => {
    document.documentElement.dataset.theme = name;
  }, [name]);
  const value = useMemo(() => {
    const choose = (chosen: Mode) => {
      localStorage.setItem(KEY, chosen);
      setMode(chosen);
    };
    return { name, tokens: TOKENS[name], mode, setMode: choose };
  }, [name, mode]);
  return <Themed value={value}>{children}</Themed>;
}

/** Gives a part of the page another theme, e.g. the cockpit: `<ThemeScope name="cockpit">…`. */
export function ThemeScope({
  name,
  className,
  children,
}: {
  name: ThemeName;
  className?: string;
  children: ReactNode;
}) {
  const outer = useTheme();
  const value = useMemo(() => ({ ...outer, name, tokens: TOKENS[name] }), [outer, name]);
  return (
    <div data-theme={name} className={className} style={{ color: 'var(--c-text)', background: 'var(--c-page)' }}>
      <Themed value={value}>{children}</Themed>
    </div>
  );
}

function Themed({ value, children }: { value: ThemeValue; children: ReactNode }) {
  const { i18n } = useTranslation();
  const still = useStill();
  const theme = useMemo(() => antdTheme(value.name, still), [value.name, still]);
  return (
    <ThemeContext.Provider value={value}>
      <ConfigProvider theme={theme} locale={i18n.language === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
        {children}
      </ConfigProvider>
    </ThemeContext.Provider>
  );
}

function storedMode(): Mode {
  const stored = localStorage.getItem(KEY);
  return MODES.find((mode) => mode === stored) ?? 'system';
}

function onChangeOf(query: MediaQueryList) {
  return (notify: () => void) => {
    query.addEventListener('change', notify);
    return () => query.removeEventListener('change', notify);
  };
}
