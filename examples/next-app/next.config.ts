import type { NextConfig } from 'next';

const config: NextConfig = {
  // The scripts of development are served under the address that the browser shows, whichever name of this machine that is.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
};

export default config;
