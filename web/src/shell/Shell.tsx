/** The frame of every page: skip link, navigation, top bar, content; and who listens to the keyboard and to live news. */
import { DoubleLeftOutlined, DoubleRightOutlined } from '@ant-design/icons';
import { Outlet, useMatches, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { startLive } from '../api/live';
import { useMay, useMe } from '../api/session';
import { MODES, useTheme } from '../theme/mode';
import { NoPermission, Skeleton } from '../ui/StateView';
import { startShortcuts, useShortcut } from '../ui/shortcuts';
import { useTour } from '../ui/tour';
import { Brand } from './Brand';
import { Navigation } from './Navigation';
import { NAVIGATION } from './navigation';
import { Palette } from './Palette';
import { ShortcutSheet } from './ShortcutSheet';
import css from './shell.module.css';
import { TopBar } from './TopBar';

const NARROW_KEY = 'cityloop.narrow';
const TourPanel = lazy(() => import('./TourPanel').then((module) => ({ default: module.TourPanel })));

export function Shell() {
  const { t } = useTranslation('shell');
  const [isNarrow, setNarrow] = useState(() => localStorage.getItem(NARROW_KEY) === 'yes');
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isSheetOpen, setSheetOpen] = useState(false);
  const { mode, setMode } = useTheme();
  const { isOpen: isTourOpen } = useTour();
  useLive();
  useEffect(startShortcuts, []);
  const fold = () => {
    localStorage.setItem(NARROW_KEY, isNarrow ? 'no' : 'yes');
    setNarrow(!isNarrow);
  };
  useShortcut('palette', () => setPaletteOpen(true));
  useShortcut('search', () => setPaletteOpen(true));
  useShortcut('help', () => setSheetOpen(true));
  useShortcut('sider', fold);
  useShortcut('theme', () => setMode(MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? 'system'));
  const words = t(isNarrow ? 'nav.unfold' : 'nav.fold');
  return (
    <div className={css.shell} data-narrow={isNarrow}>
      <a href="#content" className={css.skip}>
        {t('skip')}
      </a>
      <aside className={css.side} data-noprint>
        <Brand narrow={isNarrow} />
        <Navigation narrow={isNarrow} />
        <button type="button" className={css.fold} onClick={fold} aria-label={words} title={words}>
          {isNarrow ? <DoubleRightOutlined aria-hidden="true" /> : <DoubleLeftOutlined aria-hidden="true" />}
        </button>
      </aside>
      <TopBar onSearch={() => setPaletteOpen(true)} onHelp={() => setSheetOpen(true)} />
      <Content />
      <Keys />
      {isTourOpen && (
        <Suspense>
          <TourPanel />
        </Suspense>
      )}
      {isPaletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
      {isSheetOpen && <ShortcutSheet onClose={() => setSheetOpen(false)} />}
    </div>
  );
}

/** The channel tells what one might see when it began: with other permissions it begins anew, and so does what is shown. */
function useLive() {
  const held = useMe().permissions.join(' ');
  const before = useRef(held);
  useEffect(() => {
    if (before.current !== held) void cache.invalidateQueries();
    before.current = held;
    return startLive();
  }, [held]);
}

function Content() {
  const main = useRef<HTMLElement>(null);
  // The room that the tour makes below a page scrolls, so the keyboard must reach it.
  const { isOpen: isTourOpen } = useTour();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const permission = useMatches({
    select: (matches) => matches.map((match) => match.staticData.permission).findLast((each) => each !== undefined),
  });
  const may = useMay();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page starts at its top
  useEffect(() => {
    main.current?.scrollTo({ top: 0 });
  }, [path]);
  return (
    <main className={css.content} id="content" tabIndex={isTourOpen ? 0 : -1} ref={main}>
      {may(permission) ? (
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      ) : (
        <NoPermission height={360} permission={permission} />
      )}
    </main>
  );
}

/** The size of a common page, until it is there. */
export function PageSkeleton() {
  return (
    <div className={css.waiting}>
      <Skeleton height={64} />
      <Skeleton height={98} />
      <Skeleton height={320} />
    </div>
  );
}

/** `g o`, `g m` … go to pages. */
function Keys() {
  return NAVIGATION.flatMap((group) => group.entries).map((each) => (
    <Key key={each.key} to={each.to} shortcut={each.shortcut} />
  ));
}

function Key({ to, shortcut }: { to: string; shortcut: Parameters<typeof useShortcut>[0] | undefined }) {
  const navigate = useNavigate();
  useShortcut(shortcut ?? 'overview', shortcut ? () => void navigate({ to }) : undefined);
  return null;
}
