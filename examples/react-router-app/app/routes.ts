import { index, type RouteConfig, route } from '@react-router/dev/routes';

export default [
  index('routes/lists.tsx'),
  route('sign-out', 'routes/sign-out.ts'),
  route('auth/*', 'routes/auth.ts'),
] satisfies RouteConfig;
