import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const peopleRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/people',
  staticData: { permission: 'accounts.manage' },
  component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
});

export const accountsRoutes = [peopleRoute];
