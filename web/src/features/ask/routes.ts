import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { appRoute } from '../../routing/root';
import { askView } from './view';

const askRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/ask',
  validateSearch: askView.read,
  component: lazyRouteComponent(() => import('./AskPage'), 'AskPage'),
});

export const askRoutes = [askRoute];
