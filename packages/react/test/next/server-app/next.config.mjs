/** Each build of a test has a folder of its own. */
export default { trailingSlash: true };
