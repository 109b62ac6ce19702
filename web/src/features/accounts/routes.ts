import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { peopleView } from './views';

/** Everybody has an account here; the tabs of others' accounts need their permissions. */
const peopleRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/people',
  validateSearch: peopleView.read,
  component: lazyRouteComponent(() => import('./PeoplePage'), 'PeoplePage'),
});

export const accountsRoutes = [peopleRoute];
