/** A page of the app; and the broker, where `basePath` has taken its prefix away. */
const handle = (request) => globalThis.actOnMount.rest(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
