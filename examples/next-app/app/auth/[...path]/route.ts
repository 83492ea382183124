import { broker } from '../../../server/broker';

const handle = (request: Request): Promise<Response> => broker()(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
