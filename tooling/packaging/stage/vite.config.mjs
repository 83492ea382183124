// For the program of a server: one file that needs no packages.
export default {
  ssr: { noExternal: true },
  build: {
    ssr: 'server.ts',
    outDir: '../vite',
    target: 'node22',
    rollupOptions: { output: { entryFileNames: 'server.mjs' } },
  },
};
