import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { mapsView } from './views';

const mapsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/maps',
  validateSearch: mapsView.read,
  component: lazyRouteComponent(() => import('./MapsPage'), 'MapsPage'),
});

const importRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/maps/import',
  staticData: { permission: 'definitions.apply' },
  component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage'),
});

export const mapsRoutes = [mapsRoute, importRoute];
