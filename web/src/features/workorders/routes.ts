import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const workordersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/workorders',
  component: lazyRouteComponent(() => import('./WorkordersPage'), 'WorkordersPage'),
});

export const workordersRoutes = [workordersRoute];
