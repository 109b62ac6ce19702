import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { exploreView } from '../../query/view';
import { appRoute } from '../../routing/root';
import { metricsView, metricView } from './views';

const metricsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/metrics',
  validateSearch: metricsView.read,
  component: lazyRouteComponent(() => import('./MetricsPage'), 'MetricsPage'),
});

const metricRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/metrics/$name',
  validateSearch: metricView.read,
  component: lazyRouteComponent(() => import('./MetricPage'), 'MetricPage'),
});

const exploreRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/explore',
  validateSearch: exploreView.read,
  component: lazyRouteComponent(() => import('./ExplorePage'), 'ExplorePage'),
});

export const metricsRoutes = [metricsRoute, metricRoute, exploreRoute];
