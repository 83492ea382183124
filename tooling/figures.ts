/** Pages whose prose is written by hand, and whose figures are written by a command between two marks. */

/** The page with other figures between the marks of that name. Throws if it has none. */
export function withFigures(page: string, name: string, figures: string): string {
  const begin = `<!-- figures: ${name} -->`;
  const end = '<!-- end of the figures -->';
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`The page has no "${begin}" that is followed by "${end}".`);
  return `${page.slice(0, from)}${begin}\n\n${figures}\n\n${page.slice(to)}`;
}
