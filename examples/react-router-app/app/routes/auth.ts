import type { LoaderFunctionArgs } from 'react-router';
import { broker } from '../broker.server.ts';

const handle = ({ request }: LoaderFunctionArgs): Promise<Response> => broker(request);

export { handle as action, handle as loader };
