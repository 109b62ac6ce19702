import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { exploreView } from '../../query/view';
import { appRoute } from '../../routing/root';

const metricsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/metrics',
  component: lazyRouteComponent(() => import('./MetricsPage'), 'MetricsPage'),
});

const exploreRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/explore',
  validateSearch: exploreView.read,
  component: lazyRouteComponent(() => import('./ExplorePage'), 'ExplorePage'),
});

export const metricsRoutes = [metricsRoute, exploreRoute];
