/** The cockpit: a dashboard with `screen: true` over the whole window; which one, and what is open, stands in the URL. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { startLive } from '../../api/live';
import { useSay } from '../../i18n/texts';
import { useView } from '../../routing/search';
import { ThemeScope } from '../../theme/mode';
import { PlainButton } from '../../ui/PlainButton';
import { Empty, StateView } from '../../ui/StateView';
import { startShortcuts } from '../../ui/shortcuts';
import { dashboardsQuery, type Summary } from './queries';
import { Screen, ScreenSkeleton } from './screen/Screen';
import css from './screen/screen.module.css';
import { screenView } from './view';

export function CockpitPage() {
  const query = useQuery(dashboardsQuery);
  useEffect(startLive, []);
  useEffect(startShortcuts, []);
  useCockpitTheme();
  return (
    <ThemeScope name="cockpit" className={css.window ?? ''}>
      <StateView
        query={query}
        skeleton={<ScreenSkeleton />}
        isEmpty={(all) => !all.some(({ screen }) => screen)}
        empty={<NoScreen />}
      >
        {(all) => <Chosen screens={all.filter(({ screen }) => screen)} />}
      </StateView>
    </ThemeScope>
  );
}

function Chosen({ screens }: { screens: readonly Summary[] }) {
  const say = useSay();
  const { t } = useTranslation('cockpit');
  const [view, change] = useView(screenView);
  const shown = view.screen ? screens.find(({ name }) => name === view.screen) : screens[0];
  useEffect(() => {
    document.title = `${shown ? say(shown.title, shown.name) : t('title')} · CityLoop`;
  }, [shown, say, t]);
  if (!shown)
    return (
      <main className={css.alone}>
        <Empty
          title={t('unknown', { name: view.screen })}
          action={<PlainButton onClick={() => change({ screen: '' })}>{t('first')}</PlainButton>}
        />
      </main>
    );
  return (
    <Screen
      key={shown.name}
      name={shown.name}
      screens={screens}
      openTile={view.tile}
      onOpen={(tile) => change({ tile }, tile ? 'push' : 'replace')}
      onScreen={(screen) => change({ screen, tile: '' }, 'push')}
    />
  );
}

function NoScreen() {
  const { t } = useTranslation('cockpit');
  return (
    <main className={css.alone}>
      <h1 className="unseen">{t('title')}</h1>
      <Empty
        title={t('none')}
        hint={t('noneHint')}
        action={<PlainButton href="/dashboards">{t('toDashboards')}</PlainButton>}
      />
    </main>
  );
}

/** What opens above the page (drawers, menus) hangs on the document and takes its theme. */
function useCockpitTheme(): void {
  useEffect(() => {
    const root = document.documentElement;
    const before = root.dataset.theme ?? 'light';
    root.dataset.theme = 'cockpit';
    return () => {
      root.dataset.theme = before;
    };
  }, []);
}
