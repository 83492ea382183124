/** The broker of the test that is under way, or what is in front of it. */
const handle = (request) => globalThis.actOnMount.auth(request);

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
