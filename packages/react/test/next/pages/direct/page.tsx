import type { ReactElement } from 'react';
import { Direct } from './direct';

export const dynamic = 'force-dynamic';

export default function Page(): ReactElement {
  return <Direct renderedAt={Date.now()} />;
}
