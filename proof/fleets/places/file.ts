import { fileStore } from '@act-on-token/file';

export const open = (directory: string) => fileStore({ directory });
