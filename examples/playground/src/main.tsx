import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './page/app.tsx';
import { createStage } from './stage.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element "root".');
const stage = createStage();
createRoot(root).render(
  <StrictMode>
    <App stage={stage} />
  </StrictMode>,
);
