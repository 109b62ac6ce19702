/** The query cache: what the server said, kept until it is old or the live channel says it changed. */
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors';

/** First word of a query key is the feature's noun (`['workorders', 'board']`), so that live news can find it. */
export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && error instanceof ApiError && error.isTransient,
    },
    mutations: { retry: false },
  },
});
