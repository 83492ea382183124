import { ActOnTokenProvider } from '@act-on-token/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { session } from './session.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root".');
createRoot(root).render(
  <StrictMode>
    <ActOnTokenProvider session={session}>
      <App />
    </ActOnTokenProvider>
  </StrictMode>,
);
