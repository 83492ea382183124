export const GET = (request) => globalThis.actOnMount.me(request);
