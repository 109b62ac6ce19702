import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const alertsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./AlertsPage'), 'AlertsPage'),
});

export const alertsRoutes = [alertsRoute];
