import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { definitionsView, definitionView, newView } from './views';

const definitionsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/definitions',
  validateSearch: definitionsView.read,
  staticData: { permission: 'definitions.view' },
  component: lazyRouteComponent(() => import('./DefinitionsPage'), 'DefinitionsPage'),
});

const definitionRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/definitions/$kind/$name',
  validateSearch: definitionView.read,
  staticData: { permission: 'definitions.view' },
  component: lazyRouteComponent(() => import('./DefinitionPage'), 'DefinitionPage'),
});

const newRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/definitions/new/$kind',
  validateSearch: newView.read,
  staticData: { permission: 'definitions.apply' },
  component: lazyRouteComponent(() => import('./NewDefinitionPage'), 'NewDefinitionPage'),
});

export const definitionsRoutes = [definitionsRoute, definitionRoute, newRoute];
