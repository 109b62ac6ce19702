import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';

const askRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/ask',
  component: lazyRouteComponent(() => import('./AskPage'), 'AskPage'),
});

export const askRoutes = [askRoute];
