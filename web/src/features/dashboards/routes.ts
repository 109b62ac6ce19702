import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import i18n from 'i18next';
import { cache } from '../../api/cache';
import { rangeOf } from '../../query/model';
import { appRoute, bareRoute } from '../../routing/root';
import { evaluationQuery } from './queries';
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
  loaderDeps: ({ search: { filters, range } }) => ({ filters, range }),
  // Figures and texts come while the page's code is on its way; the page itself waits for what it needs.
  loader: ({ params, deps: { filters = [], range = '' } }) => {
    void cache.prefetchQuery(evaluationQuery(params.name, filters, rangeOf(range)));
    void i18n.loadNamespaces(['dashboards', 'query']);
  },
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
