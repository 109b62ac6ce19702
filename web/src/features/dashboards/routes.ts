import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute, bareRoute } from '../../routing/root';
import { boardView, galleryView, screenView } from './view';

const dashboardsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/dashboards',
  validateSearch: galleryView.read,
  component: lazyRouteComponent(() => import('./DashboardsPage'), 'DashboardsPage'),
});

const dashboardRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/dashboards/$name',
  validateSearch: boardView.read,
  component: lazyRouteComponent(() => import('./DashboardPage'), 'DashboardPage'),
});

const cockpitRoute = createRoute({
  getParentRoute: () => bareRoute,
  path: '/cockpit',
  validateSearch: screenView.read,
  component: lazyRouteComponent(() => import('./CockpitPage'), 'CockpitPage'),
});

export const dashboardsRoutes = [dashboardsRoute, dashboardRoute];
export const cockpitRoutes = [cockpitRoute];
