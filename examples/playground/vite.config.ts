import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

/** A relative base: the built page works in whatever folder of a site it is put. */
const config: UserConfig = defineConfig({
  base: './',
  plugins: [react()],
  build: { modulePreload: { polyfill: false } },
});
export default config;
