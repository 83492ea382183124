/** Blocks of code that do not run, each with the reason. All others do. */
export const unrun: readonly {
  readonly page: string;
  readonly contains: string;
  readonly reason: string;
}[] = [];
