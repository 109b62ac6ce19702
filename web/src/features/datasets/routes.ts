import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const catalogueRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/datasets',
  component: lazyRouteComponent(() => import('./CataloguePage'), 'CataloguePage'),
});

export const datasetsRoutes = [catalogueRoute];
