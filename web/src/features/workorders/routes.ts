import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { workordersView } from './views';

const workordersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/workorders',
  validateSearch: workordersView.read,
  component: lazyRouteComponent(() => import('./WorkordersPage'), 'WorkordersPage'),
});

const orderRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/workorders/$number',
  component: lazyRouteComponent(() => import('./OrderPage'), 'OrderPage'),
});

export const workordersRoutes = [workordersRoute, orderRoute];
