/** How to start the pnpm that package.json pins. */
export function pnpm(): Promise<{
  file: string;
  args: string[];
  options: { cwd: string; env: NodeJS.ProcessEnv };
}>;

/** How to start npm. */
export function npmCommand(): { file: string; args: string[] };
