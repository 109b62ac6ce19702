import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute, bareRoute } from '../../routing/root';

const dashboardsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./DashboardsPage'), 'DashboardsPage'),
});

const cockpitRoute = createRoute({
  getParentRoute: () => bareRoute,
  path: '/cockpit',
  component: lazyRouteComponent(() => import('./CockpitPage'), 'CockpitPage'),
});

export const dashboardsRoutes = [dashboardsRoute];
export const cockpitRoutes = [cockpitRoute];
