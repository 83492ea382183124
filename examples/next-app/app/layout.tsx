import type { Metadata } from 'next';
import type { ReactElement, ReactNode } from 'react';
import { Providers } from './providers';
import './style.css';

/** Rendered for each request, because each has a nonce of its own for the page's scripts. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: 'Contact lists',
  description: 'Act-On in a Next.js app',
};

export default function Layout({ children }: { children: ReactNode }): ReactElement {
  return (
    <html lang="en">
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
