import { ensureBuild } from '../build/ensure-build.ts';

/**
 * The tests of the repository look at what is built, also when they are started without `npm test`.
 */
export default ensureBuild;
