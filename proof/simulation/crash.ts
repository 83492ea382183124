/** What ended a process that died of itself, for the one who has to mend it. */
export function errorOf([life, error]: readonly [life: string, error: unknown]): string {
  return `  ${life} died of ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
