import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const sourcesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/sources',
  component: lazyRouteComponent(() => import('./SourcesPage'), 'SourcesPage'),
});

export const sourcesRoutes = [sourcesRoute];
