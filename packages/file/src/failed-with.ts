/** Whether this is an error of the file system with one of these codes. */
export function failedWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(String(Object(error).code));
}
