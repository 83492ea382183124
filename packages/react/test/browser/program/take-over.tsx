import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
// What React repairs by itself is told to the console, as everywhere.
hydrateRoot(
  root,
  <StrictMode>
    <App path={location.pathname} />
  </StrictMode>,
);
