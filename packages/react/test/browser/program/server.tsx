import { StrictMode } from 'react';
import { type PipeableStream, renderToPipeableStream } from 'react-dom/server';
import { App } from './app.tsx';

export { version } from 'react';

/** Begins with the shell and streams what comes later, as servers do. */
export function render(
  path: string,
  onShellReady: () => void,
  onError: (error: unknown) => void,
): PipeableStream {
  const page = (
    <StrictMode>
      <App path={path} />
    </StrictMode>
  );
  return renderToPipeableStream(page, { onShellReady, onError });
}
