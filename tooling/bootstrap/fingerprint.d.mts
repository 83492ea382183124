export function fingerprint(files: readonly string[], ...also: string[]): string;
export function filesUnder(folder: string): string[];
export function foldersIn(folder: string): string[];
export function readStamp(name: string): string | null;
export function writeStamp(name: string, text: string): void;
