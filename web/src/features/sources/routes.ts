import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { sourcesView, sourceView } from './views';

const sourcesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sources',
  validateSearch: sourcesView.read,
  component: lazyRouteComponent(() => import('./SourcesPage'), 'SourcesPage'),
});

const sourceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sources/$name',
  validateSearch: sourceView.read,
  component: lazyRouteComponent(() => import('./SourcePage'), 'SourcePage'),
});

export const sourcesRoutes = [sourcesRoute, sourceRoute];
