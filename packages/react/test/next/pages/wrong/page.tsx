import { useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';

/** A server component, where hooks cannot be called. */
export default function Page(): ReactElement {
  return <p>{useActOnToken().status}</p>;
}
