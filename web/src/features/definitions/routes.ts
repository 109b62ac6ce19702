import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const definitionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/definitions',
  staticData: { permission: 'definitions.view' },
  component: lazyRouteComponent(() => import('./DefinitionsPage'), 'DefinitionsPage'),
});

export const definitionsRoutes = [definitionsRoute];
