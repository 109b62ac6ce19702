/** Search and commands in one field (Ctrl/⌘K): pages at once, the city's data from the features' `search.ts`. */
import { SearchOutlined } from '@ant-design/icons';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  type ComponentType,
  type KeyboardEvent,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useMay, useSeesOrders } from '../api/session';
import { chooseLang } from '../i18n';
import { useLang } from '../i18n/texts';
import { useTheme } from '../theme/mode';
import type { SearchProvider } from '../ui/registry';
import { SHORTCUTS } from '../ui/shortcuts';
import { Dialog } from './Dialog';
import { Keys } from './Keys';
import { navigationFor } from './navigation';
import css from './palette.module.css';
import { arranged, nearest } from './ranking';

interface Choice {
  icon?: ComponentType | undefined;
  keys?: string | undefined;
  key: string;
  kind: string;
  /** Its name in addresses. */
  name: string;
  title: string;
  subtitle?: string | undefined;
  act: () => void;
}

const found = import.meta.glob<SearchProvider>('../features/*/search.ts', { import: 'provider' });

/** Hits shown of each kind. */
const MOST_HITS = 6;

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('shell');
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const choices = useChoices(text.trim(), onClose);
  const chosen = Math.min(at, choices.length - 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen stays in view
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, choices]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + choices.length) % Math.max(1, choices.length));
    else if (event.key === 'Enter') choices[chosen]?.act();
    else return;
    event.preventDefault();
  };
  const active = choices[chosen];
  return (
    <Dialog label={t('palette.label')} onClose={onClose} className={css.palette}>
      <div className={css.field}>
        <SearchOutlined aria-hidden="true" />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active ? `${id}-${active.key}` : undefined}
          aria-label={t('palette.label')}
          placeholder={t('palette.placeholder')}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      <div className={css.list} id={`${id}-list`} role="listbox" aria-label={t('palette.results')} ref={list}>
        {choices.map((choice, i) => (
          <div key={choice.key} role="presentation">
            {choice.kind !== choices[i - 1]?.kind && (
              <div className={css.kind} aria-hidden="true">
                {t(`palette.kinds.${choice.kind}`)}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys */}
            <div
              id={`${id}-${choice.key}`}
              role="option"
              tabIndex={-1}
              className={css.choice}
              aria-selected={i === chosen}
              onClick={choice.act}
              onPointerMove={() => setAt(i)}
            >
              <span className={css.icon} aria-hidden="true">
                {choice.icon && <choice.icon />}
              </span>
              <span className={css.title}>{choice.title}</span>
              {choice.subtitle && <span className={css.subtitle}>{choice.subtitle}</span>}
              {choice.keys && (
                <span className={css.shortcut} aria-hidden="true">
                  <Keys keys={choice.keys} />
                </span>
              )}
            </div>
          </div>
        ))}
        {choices.length === 0 && <p className={css.none}>{t('palette.none', { text })}</p>}
      </div>
      <p className={css.keys} aria-hidden="true">
        <kbd>↑</kbd>
        <kbd>↓</kbd> {t('palette.move')} <kbd>↵</kbd> {t('palette.open')}
      </p>
    </Dialog>
  );
}

function useChoices(text: string, close: () => void): Choice[] {
  const { t } = useTranslation('shell');
  const lang = useLang();
  const may = useMay();
  const seesOrders = useSeesOrders();
  const navigate = useNavigate();
  const { setMode } = useTheme();
  const hits = useHits(useDeferredValue(text));
  return useMemo(() => {
    const done = (act: () => unknown) => () => {
      close();
      void act();
    };
    const pages = navigationFor(may)
      .flatMap((group) => group.entries)
      .filter(({ key }) => key !== 'workorders' || seesOrders)
      .map(({ key, to, icon, shortcut }) => ({
        key,
        name: key,
        kind: 'pages',
        icon,
        keys: shortcut && SHORTCUTS[shortcut].keys,
        title: t(`nav.${key}`),
        act: done(() => navigate({ to })),
      }));
    const commands = [
      { key: 'light', act: done(() => setMode('light')) },
      { key: 'dark', act: done(() => setMode('dark')) },
      { key: 'language', act: done(() => chooseLang(lang === 'zh' ? 'en' : 'zh')) },
    ].map((each) => ({ ...each, name: each.key, kind: 'commands', title: t(`palette.commands.${each.key}`) }));
    const named: Choice[] = [...pages, ...commands].filter(({ key, title }) => matches(text, `${title} ${key}`));
    const things: Choice[] = hits.map(({ kind, to, ...hit }) => ({
      ...hit,
      kind,
      act: done(() => navigate({ href: to })),
    }));
    return arranged(text, named, things);
  }, [text, hits, t, lang, may, seesOrders, navigate, setMode, close]);
}

function useHits(text: string) {
  const lang = useLang();
  const { data: providers = [] } = useQuery({
    queryKey: ['session', 'searchProviders'],
    queryFn: () => Promise.all(Object.values(found).map((load) => load())),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useQueries({
    queries: providers.map((provider) => ({
      queryKey: ['search', provider.kind, text, lang],
      enabled: text !== '',
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const some = await provider.search(text, { lang, signal });
        return nearest(text, some, ({ key, title }) => [title, key, key.split('/').at(-1) ?? key])
          .slice(0, MOST_HITS)
          .map((hit) => ({ ...hit, name: hit.key, key: `${provider.kind}-${hit.key}`, kind: provider.kind }));
      },
    })),
    combine: (results) => results.flatMap((each) => each.data ?? []),
  });
}

/** Every word that was typed occurs. */
function matches(text: string, words: string): boolean {
  const inside = words.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}
