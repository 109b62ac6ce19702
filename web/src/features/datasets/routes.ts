import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { catalogueView, datasetView } from './views';

const catalogueRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/datasets',
  validateSearch: catalogueView.read,
  component: lazyRouteComponent(() => import('./CataloguePage'), 'CataloguePage'),
});

const datasetRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/datasets/$name',
  validateSearch: datasetView.read,
  component: lazyRouteComponent(() => import('./DatasetPage'), 'DatasetPage'),
});

export const datasetsRoutes = [catalogueRoute, datasetRoute];
