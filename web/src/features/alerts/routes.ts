import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { alertsView, alertView } from './views';

const alertsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/alerts',
  validateSearch: alertsView.read,
  component: lazyRouteComponent(() => import('./AlertsPage'), 'AlertsPage'),
});

const alertRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/alerts/$name',
  validateSearch: alertView.read,
  component: lazyRouteComponent(() => import('./AlertPage'), 'AlertPage'),
});

export const alertsRoutes = [alertsRoute, alertRoute];
