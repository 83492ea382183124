/**
 * What an app is mounted under, which Next.js takes off the URL that a route handler gets; and whether it
 * adds a slash to every path.
 */
export default {
  basePath: process.env.BASE_PATH ?? '',
  trailingSlash: process.env.TRAILING_SLASH === '1',
};
