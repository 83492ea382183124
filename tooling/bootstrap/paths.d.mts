export const root: string;
export const stamps: string;
export const runtime: string;
